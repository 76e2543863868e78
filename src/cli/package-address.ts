/** The package and the path in it of `package://name/path`; null for any other address. */
export function packageAddress(address: string): { name: string; path: string } | null {
  const [, name, path] = /^package:\/\/([^/]+)\/(.+)$/.exec(address) ?? [];
  return name === undefined || path === undefined ? null : { name, path };
}
