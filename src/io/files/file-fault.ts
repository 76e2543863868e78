/** Why a file cannot be read, as people say it: the system's code is behind it only where there are no words for it. */
export function fileFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "this user may not read it";
    case "EISDIR":
      return "it is a folder, not a file";
    default:
      return `it cannot be read: ${code ?? message ?? String(error)}`;
  }
}
