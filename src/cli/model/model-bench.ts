import type { RobotModel } from "../../robot/model.ts";
import { type Timed, timedCalls } from "../../robot/timed-calls.ts";

const loops = 40;
const loopMilliseconds = 5;

/** µs a call, the least of several loops of about 5 ms: what the machine can do when nothing else does. */
export function leastMicroseconds(call: Timed): number {
  let calls = 64;
  const time = (): number => {
    const begun = performance.now();
    for (let i = 0; i < calls; i += 1) call(i);
    return performance.now() - begun;
  };
  while (time() < loopMilliseconds && calls < 1e7) calls *= 2;
  let least = Number.POSITIVE_INFINITY;
  for (let loop = 0; loop < loops; loop += 1) least = Math.min(least, time() / calls);
  return 1000 * least;
}

/** What `twin model bench` prints: one JSON object of µs a call. */
export function benchLine(model: RobotModel): string {
  const times = Object.entries(timedCalls(model)).map(([name, call]) => [
    name,
    Number(leastMicroseconds(call).toFixed(3)),
  ]);
  return JSON.stringify({ robot: model.name, nv: model.nv, ...Object.fromEntries(times) });
}
