import { Driver, freshDomain, startPeer, type TestProcess, TestTwin } from "./support.ts";

export type BesideOptions = {
  /** The file of the peer, and its arguments. */
  peer: [string, ...string[]];
  twinArgs?: string[];
  /** Waited for before anybody drives. */
  ready?: (twin: TestTwin) => Promise<unknown>;
};

/** Runs `act` with a peer, a twin beside it, and a driver with the lease. All end with it. */
export async function besideTwin(
  { peer: [file, ...args], twinArgs, ready }: BesideOptions,
  act: (peer: TestProcess, driver: Driver, twin: TestTwin) => Promise<void>,
): Promise<void> {
  const domain = freshDomain();
  const peer = startPeer(domain, args, file);
  const twin = new TestTwin(domain, twinArgs);
  try {
    await twin.ready();
    await ready?.(twin);
    const driver = new Driver(twin.url);
    await driver.drive();
    await act(peer, driver, twin);
    driver.kill();
  } finally {
    await twin.end();
    await peer.end();
  }
}
