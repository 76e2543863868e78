/** The name of a frame: those of tf1 began with a slash. */
export function bareFrame(name: string): string {
  return name.startsWith("/") ? name.slice(1) : name;
}
