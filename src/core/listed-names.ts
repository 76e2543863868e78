const mostNamed = 8;

/** Names as text; of many the first, and how many more there are. */
export function listedNames(names: readonly string[]): string {
  const named = names.slice(0, mostNamed).join(", ");
  return names.length > mostNamed ? `${named} and ${names.length - mostNamed} more` : named;
}
