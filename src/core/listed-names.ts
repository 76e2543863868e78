/** Names as text; of many the first, and how many more there are. */
export function listedNames(names: readonly string[], most = 8): string {
  const named = names.slice(0, most).join(", ");
  return names.length > most ? `${named} and ${names.length - most} more` : named;
}
