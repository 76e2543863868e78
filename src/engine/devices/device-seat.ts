/** The id of the thing that a device or signal is mounted on; null when it names none. */
export function seatOf(
  robot: string,
  place: { link?: string | undefined; joint?: string | undefined },
): string | null {
  if (place.joint !== undefined) return `${robot}/joint/${place.joint}`;
  if (place.link !== undefined) return `${robot}/link/${place.link}`;
  return null;
}
