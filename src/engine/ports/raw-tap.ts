/**
 * A message as its transport delivered it, before it is decoded: what a recorder writes. `received` is server ms. The
 * bytes belong to the transport: copy what is to be kept.
 */
export type RawMessage =
  | { kind: "ros"; topic: string; type: string; cdr: Uint8Array; received: number }
  | { kind: "mqtt"; topic: string; payload: Uint8Array; retained: boolean; received: number };

export type RawTap = (message: RawMessage) => void;
