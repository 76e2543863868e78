const { fail, followConnection, serverOf } = require("../lib/node-status.js");

module.exports = (RED) => {
  /** Moves joints. The first output gets the result, the second the progress; a refusal goes to catch nodes. */
  function TwinMove(config) {
    RED.nodes.createNode(this, config);
    const server = serverOf(RED, this, config);
    if (server === null) return;
    const { connection } = server;
    followConnection(this, connection);
    this.on("input", async (msg, send, done) => {
      try {
        const robot = msg.robot || config.robot || "robot";
        const positions = positionsOf(msg.payload, config.joint);
        const speed = Number(msg.speed ?? config.speed) || undefined;
        const onProgress = (progress) => send([null, { ...msg, payload: progress }]);
        const result = await connection.withLease(robot, (lease) =>
          lease.move(positions, { speed, onProgress }),
        );
        send([{ ...msg, payload: result }, null]);
        done();
      } catch (error) {
        fail(error, msg, done);
      }
    });
  }
  RED.nodes.registerType("twin-move", TwinMove);
};

/** `{ joint: rad }`, or a number for the joint of the node. The twin checks names and limits. */
function positionsOf(payload, joint) {
  if (typeof payload === "number" && joint) return { [joint]: payload };
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload)) {
    const all = Object.entries(payload);
    if (all.length > 0 && all.every(([, value]) => typeof value === "number")) return payload;
  }
  throw Object.assign(
    new Error(
      "msg.payload must be an object of joint positions, as { elbow: 0.5 }, or a number for the node's joint",
    ),
    { code: "bad_message" },
  );
}
