/** A pattern as an expression over the whole of a name; `*` is any run of characters, all else is itself. */
export function globOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s");
}
