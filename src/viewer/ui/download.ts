/** Has the browser save a file. */
export function download(content: Blob, fileName: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A moment (ms since 1970) for the name of a file, UTC. */
export function fileMoment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(":", "-");
}
