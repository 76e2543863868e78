/** As in phone.css: one panel alone, as a sheet below the 3D view. */
export const phoneQuery = "(max-width: 760px)";

export function isPhone(): boolean {
  return matchMedia(phoneQuery).matches;
}
