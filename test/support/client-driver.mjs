// A program with the library, to be killed: takes the lease and drives the base. Arguments: url, m/s.
import { connect } from "twinbridge/client";

const [, , url, speed] = process.argv;
const twin = await connect(url, { holder: "driver" });
const lease = await twin.robot("robot").acquire();
lease.twist({ linear: { x: Number(speed) } });
console.log("driving");
