/** Does each of several things, whatever fails of the others; then throws the first error. */
export function attemptAll(acts: readonly (() => unknown)[]): void {
  let failed: { error: unknown } | null = null;
  for (const act of acts) {
    try {
      act();
    } catch (error) {
      failed ??= { error };
    }
  }
  if (failed !== null) throw failed.error;
}
