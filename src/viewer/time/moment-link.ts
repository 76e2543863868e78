/** The moment that an address names by `#at=`, in server ms: ISO 8601 or ms since 1970; null where it names none. */
export function momentIn(hash: string): number | null {
  const text = new URLSearchParams(hash.replace(/^#/, "")).get("at");
  if (text === null) return null;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : null;
}

/** The page's address with `#at=` for a moment, or without it for null. What else the hash holds stays. */
export function linkTo(href: string, momentMs: number | null): string {
  const url = new URL(href);
  const rest = new URLSearchParams(url.hash.replace(/^#/, ""));
  rest.delete("at");
  const parts = rest.size > 0 ? [rest.toString()] : [];
  // Colons may stand in a fragment, and are easier to read than %3A.
  if (momentMs !== null) parts.push(`at=${new Date(momentMs).toISOString()}`);
  url.hash = parts.join("&");
  return url.href;
}
