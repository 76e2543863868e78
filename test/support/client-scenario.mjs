// The library in Node at a running twin: watches, takes the lease, moves, stops, resets. Argument: url.
import { connect } from "twinbridge/client";

const twin = await connect(process.argv[2], { holder: "scenario" });
const robot = twin.robot("robot");
let states = 0;
robot.on("state", () => states++);
await new Promise((resolve) => setTimeout(resolve, 1000));
const lease = await robot.acquire();
const { code } = await lease.move({ elbow: 0.4 }, { speed: 1 });
const elbow = robot.joint("elbow").position;
await robot.stop("scenario");
const refused = await lease.move({ elbow: 0 }).catch((error) => error.code);
await robot.reset();
const again = await robot.acquire();
await again.move({ elbow: 0.1 }, { speed: 1 });
await again.release();
twin.close();
console.log(JSON.stringify({ states, code, elbow: elbow?.value, quality: elbow?.quality, refused }));
