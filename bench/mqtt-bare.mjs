// A bare subscriber of the `mqtt` package: what any program in Node pays for the same messages.
import mqtt from "mqtt";

const client = mqtt.connect(process.argv[2], { protocolVersion: 5 });
let count = 0;
client.on("message", () => count++);
client.on("connect", () => client.subscribe("twin/v1/+/telemetry", { qos: 0 }, () => console.log("ready")));
process.stdin.on("data", () => console.log(`count ${count}`));
