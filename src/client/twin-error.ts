/**
 * Why a request or a command failed. `code` is for programs: one of the server's (docs/commands.md), or one of the
 * library's own (docs/client.md).
 */
export class TwinError extends Error {
  override readonly name = "TwinError";

  constructor(
    readonly code: string,
    message: string,
    /** Other fields of the server's answer, as `holder`, `breach` or `collision`. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
