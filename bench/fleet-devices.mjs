// A fleet on MQTT by one plain socket: `fleet-devices.mjs PORT ROBOTS HZ`. Each robot is one device with the measured
// positions of 7 joints. Prints `ready` when all births are out, and `sent N` each second.
import { connect } from "node:net";
import { publishPacket } from "./mqtt-packet.mjs";

const [port, robotsText, hzText] = process.argv.slice(2);
const robots = Number(robotsText);
const hz = Number(hzText);
const socket = connect(Number(port), "127.0.0.1");
socket.write(Buffer.from([0x10, 17, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 5, 102, 108, 101, 101, 116]));
socket.resume();
socket.on("error", () => process.exit(0));

const boot = 1 + (process.pid % 1_000_000);
const signals = {};
for (let i = 1; i <= 7; i++) signals[`j${i}`] = { unit: "rad", joint: `joint_${i}`, property: "position" };
for (let r = 0; r < robots; r++) {
  const birth = JSON.stringify({ firmware: "bench", boot, robot: `r${r}`, signals });
  socket.write(publishPacket(`twin/v1/d${r}/birth`, birth, true));
  socket.write(publishPacket(`twin/v1/d${r}/status`, "online", true));
}
console.log("ready");
process.stdin.once("data", () => {
  const start = performance.now();
  let sent = 0;
  let open = true;
  socket.on("drain", () => (open = true));
  setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * hz * robots);
    const chunk = [];
    for (; sent < due && open && chunk.length < 5000; sent++) {
      const robot = sent % robots;
      const n = Math.floor(sent / robots);
      const at = (k) => (0.5 * Math.sin(n / 50 + k)).toFixed(6);
      const values = `"j1":${at(1)},"j2":${at(2)},"j3":${at(3)},"j4":${at(4)},"j5":${at(5)},"j6":${at(6)},"j7":${at(7)}`;
      chunk.push(
        publishPacket(
          `twin/v1/d${robot}/telemetry`,
          `{"boot":${boot},"n":${n},"t_us":${n * 20_000},"signals":{${values}}}`,
        ),
      );
    }
    if (chunk.length > 0) open = socket.write(Buffer.concat(chunk));
  }, 2);
  setInterval(() => console.log(`sent ${sent}`), 1000);
});
