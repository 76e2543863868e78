/** CPU time of this process so far, in ms: unlike the clock's, it does not grow while others have the processor. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
