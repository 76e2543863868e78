import type { SinkRow } from "../../history/sink-row.ts";

/** Why a server cannot be used at present, and what to do about it. `lost`: it does not answer. `error`: it refuses. */
export type Away = { kind: "away"; state: "lost" | "error"; reason: string; remedy: string };

export type SendOutcome =
  /** All are there. `refused`: but so many, which the server did not want, for `reason`. */
  | { kind: "stored"; refused: number; reason: string }
  /** None may be there, because of some of them. `at`: the index of a bad one, where the server named it. */
  | { kind: "refused"; reason: string; at: number | null; isTooLarge: boolean }
  /** Some of them may be there. */
  | Away;

export type Ready = {
  kind: "ready";
  /** Go on after this number; null: with what was to be sent. */
  from: number | null;
};

/** Rows as they leave; `numbers` are theirs. */
export type Outgoing<Item> = { items: readonly Item[]; numbers: readonly number[] };

/** One kind of store. Sending the same items again must change nothing, or `connect` must say what is there. */
export interface RowSender<Item> {
  /** As `influx:127.0.0.1:8086`, without credentials. */
  readonly name: string;
  /** Whether it keeps the cursor in the store, with the rows. */
  readonly keepsCursor: boolean;
  /** Called once for each row, in order; null: it has no value to send. */
  encode(row: SinkRow): Item | null;
  /** Called before the first `send` and after each that ended `away`. `cursor` is that of the file. */
  connect(cursor: number): Promise<Ready | Away>;
  /** Sends the items `from` … `to` (without it); all rows up to the number `through` are dealt with then. */
  send(batch: Outgoing<Item>, from: number, to: number, through: number): Promise<SendOutcome>;
  /** Everything up to this number is certainly kept, even if the server is killed now. */
  settled(): number;
  /** What `encode` depends on, to be kept with the cursor. */
  state(): unknown;
  close(): Promise<void>;
}

export const stored: SendOutcome = { kind: "stored", refused: 0, reason: "" };
