import { oneLine, unanswered } from "./http-session.ts";
import type { SendOutcome } from "./row-sender.ts";

type Fault = Exclude<SendOutcome, { kind: "stored" }>;

/** What an error of a query or a connection means, by its SQLSTATE class (PostgreSQL, appendix A). */
export function postgresFault(error: unknown): Fault {
  const { code = "", message = String(error) } = error as { code?: string; message?: string };
  const reason = oneLine(/^[0-9A-Z]{5}$/.test(code) ? `${message} (${code})` : message || code);
  const away = (state: "lost" | "error", remedy: string): Fault => ({ kind: "away", state, reason, remedy });
  if (!/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]+$/.test(code)) {
    return unanswered(error);
  }
  switch (code.slice(0, 2)) {
    // Data that no column can hold, a constraint that somebody added, a limit of the program.
    case "22":
    case "23":
    case "54":
      return { kind: "refused", reason, at: null, isTooLarge: code === "54000" };
    case "28":
      return away("error", "Check the username and the password.");
    case "3D":
      return away("error", "Create the database, or check its name in `url`.");
    case "42":
      return away("error", "Check the rights of the user and the tables of the schema.");
    default:
      return away("lost", "The rows wait on the disk until the server takes them.");
  }
}
