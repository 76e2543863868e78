import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** A line to a microcontroller: a serial port, or a TCP port behind which one is. */
export type LineAddress =
  | { kind: "serial"; path: string; baudRate: number }
  | { kind: "tcp"; host: string; port: number };

/** A serial port cannot be had at all, with what to do. */
export class SerialFault extends Error {}

/** Opens a line; rejects with why not. The package `serialport` is optional and loaded only for a serial port. */
export async function openLine(address: LineAddress): Promise<Duplex> {
  if (address.kind === "tcp") {
    const socket = connect({ host: address.host, port: address.port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return socket;
  }
  const { SerialPort } = await import("serialport").catch(() => {
    throw new SerialFault("the package serialport is not installed: npm install serialport");
  });
  const { path, baudRate } = address;
  const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });
  await new Promise<void>((resolve, reject) =>
    port.open((error) => (error === null || error === undefined ? resolve() : reject(error))),
  );
  // Whatever was in the driver's buffers belongs to a session that is over.
  await new Promise<void>((resolve) => port.flush(() => resolve()));
  return port;
}

/** As people name it. */
export function shownLine(address: LineAddress): string {
  return address.kind === "tcp"
    ? `${address.host}:${address.port}`
    : `${address.path} at ${address.baudRate} baud`;
}
