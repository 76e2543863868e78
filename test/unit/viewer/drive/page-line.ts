import { Driver } from "../../../../src/viewer/drive/driver.ts";
import { FakePlatform, type FakeSocket } from "../../client/fake-platform.ts";

export const address = { base: "http://127.0.0.1:1/", token: null };

/** A page that is connected and does not drive, with the server's end of its line. */
export type PageLine = { driver: Driver; line: FakeSocket; platform: FakePlatform };

/** A page whose server said hello at 10,000 of its clock. */
export function connected(): PageLine {
  const platform = new FakePlatform();
  const driver = new Driver(address, platform, () => "Ada");
  const line = platform.socket("ws/command");
  line.open();
  line.says({ op: "hello", session: "client-1", serverTime: 10_000 });
  return { driver, line, platform };
}

/** A page with a lease that the server granted at 10,000 of its clock. */
export function granted(): PageLine {
  const page = connected();
  page.driver.acquire("robot");
  page.line.says({
    op: "lease",
    id: page.line.lastId("acquire"),
    robot: "robot",
    epoch: 4,
    ttlMs: 3000,
    serverTime: 10_000,
  });
  return page;
}
