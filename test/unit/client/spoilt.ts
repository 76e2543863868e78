/** Every copy of `value` in which one leaf or branch was replaced by `spoil`. */
export function* spoilt(value: unknown, spoil: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    const copy = (inner: unknown) =>
      Array.isArray(value)
        ? value.map((old, at) => (String(at) === key ? inner : old))
        : { ...value, [key]: inner };
    yield copy(spoil);
    for (const inner of spoilt(part, spoil)) yield copy(inner);
  }
}
