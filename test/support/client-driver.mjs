// A program with the library, to be killed or frozen: takes the lease, drives the base and says what ends that.
// Arguments: url, m/s.
import { connect } from "twinbridge/client";

const [, , url, speed] = process.argv;
const twin = await connect(url, { holder: "driver" });
const lease = await twin.robot("robot").acquire();
lease.on("lost", ({ code }) => console.log(`lost ${code}`));
const jog = lease.twist({ linear: { x: Number(speed) } });
console.log("driving");
const { code } = await jog.ended;
console.log(`jog ${code}`);
