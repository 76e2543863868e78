/** A pattern as an expression that matches a whole name; `*` matches any run of characters, all else is literal. */
export function globOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s");
}
