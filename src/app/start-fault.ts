/** A fault of the world that ends the start, as one sentence with its remedy. */
export class StartFault extends Error {}

/** Why the server cannot listen on `host` and `port`, and what to do. */
export function listenFault(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is in use: end the program there, or choose another with --port`;
    case "EACCES":
      return `port ${port} needs root rights: choose one above 1023 with --port`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `"${host}" is not an address of this machine: choose one with --host`;
    default:
      return `cannot listen on ${host}:${port}: ${error.message}`;
  }
}
