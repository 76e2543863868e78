/** Ends the program with one line on stderr: 1 for a fault of the input or the world, 2 for wrong usage. */
export function fail(message: string, code: 1 | 2 = 1): never {
  process.stderr.write(`twin: ${message}\n`);
  process.exit(code);
}
