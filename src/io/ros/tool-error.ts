/** What a line must look like to be the reason of a failure; the earlier the surer. */
const patterns: readonly RegExp[] = [
  /:\d+(?::\d+)?: (?:fatal )?error: /,
  /^CMake Error/,
  /^ERROR: /,
  /^npm (?:error|ERR!) (?!code\b|errno\b|syscall\b|A complete log|path\b|command\b)/,
  /^gyp ERR! stack .*Error: (?!`make` failed)/,
  /\b(?:[A-Z][A-Za-z]*)?Error: (?!`make` failed)/,
  /\berror\b/i,
];
/** They mention errors and are none, or only say that there was one. */
const noReason =
  /^(?:WARNING|npm warn|DEBUG)|retrying|error\(s\)|\bmake(?:\[\d+\])?: \*\*\*|^gyp ERR! not ok/i;
const longest = 240;

/**
 * The first line of a tool's output that says why it failed; sentences that the tool wrapped are put together again.
 * Empty when no line says it.
 */
export function firstError(output: string): string {
  const lines = output.split(/\r?\n/);
  for (const pattern of patterns) {
    const at = lines.findIndex((line) => pattern.test(line) && !noReason.test(line));
    if (at >= 0) return shortened(withRest(lines, at));
  }
  return "";
}

function withRest(lines: readonly string[], at: number): string {
  const line = lines[at] ?? "";
  const rest: string[] = [];
  for (const next of lines.slice(at + 1, at + 5)) {
    const more = continuation(line, next);
    if (more === null) break;
    rest.push(more);
  }
  const bare = line.replace(/^(?:gyp ERR! stack |npm (?:error|ERR!) )/, "").trim();
  return [bare, ...rest].join(" ").replaceAll(/\s+/g, " ").trim();
}

/** CMake says on indented lines what is wrong; node-gyp and npm break sentences into lines of one prefix. */
function continuation(line: string, next: string): string | null {
  if (line.startsWith("CMake Error")) return /^(?: {2}|$)/.test(next) ? next.trim() : null;
  const prefix = /^(?:gyp ERR! stack |npm (?:error|ERR!) )/.exec(line)?.[0];
  if (prefix === undefined || !next.startsWith(prefix)) return null;
  const more = next.slice(prefix.length).trim();
  return more === "" || /^at |^A complete log/.test(more) || /[.!:]$/.test(line.trim()) ? null : more;
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
