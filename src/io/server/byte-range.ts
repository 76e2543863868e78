/**
 * The first and last byte that a Range header asks for, of a file of `size` bytes (RFC 9110, 14). Null: all of it, also where
 * several ranges are asked for or the header is not understood.
 */
export function byteRange(
  header: string | undefined,
  size: number,
): [number, number] | "unsatisfiable" | null {
  const [, from = "", to = ""] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") {
    const length = Math.min(size, Number(to));
    return length === 0 ? "unsatisfiable" : [size - length, size - 1];
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(size - 1, Number(to));
  if (to !== "" && Number(to) < first) return null;
  return first >= size ? "unsatisfiable" : [first, last];
}
