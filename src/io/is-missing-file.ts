/**
 * Whether reading failed since there is no such file. A file that lies where its folder would be (ENOTDIR) means the
 * same: nothing was stored there.
 */
export function isMissingFile(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
