// Moves the elbow, then drives the base forward for a second. Run: node move.mjs [http://127.0.0.1:8080]
import { connect } from "twinbridge/client";

const url = process.argv[2] ?? "http://127.0.0.1:8080";
try {
  const twin = await connect(url, { holder: "move.mjs", token: process.env.TWIN_TOKEN });
  const robot = twin.robot(twin.robots()[0] ?? "robot");
  const lease = await robot.acquire();
  lease.on("lost", ({ code, message }) => console.error(`lease lost (${code}): ${message}`));

  await lease.move({ elbow: 0.5 }, { speed: 0.3 });
  const { position } = robot.joint("elbow");
  console.log(`elbow at ${position?.value.toFixed(3)} rad, ${position?.quality}`);

  const drive = lease.twist({ linear: { x: 0.2 } });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { code } = await drive.end();
  console.log(`base at rest: ${code}`);

  await lease.release();
  twin.close();
} catch (error) {
  console.error(`${error.code}: ${error.message}`);
  process.exit(1);
}
