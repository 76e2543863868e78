/** Waits until `probe` gives something other than undefined or false, or throws after `ms` with the last fault. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 15_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  let fault = "";
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      fault = String(error);
    }
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what} ${fault}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
