const { fail, followConnection, serverOf } = require("../lib/node-status.js");

module.exports = (RED) => {
  /** Stops a robot, or all; with the action `reset` it releases a latched stop. */
  function TwinStop(config) {
    RED.nodes.createNode(this, config);
    const server = serverOf(RED, this, config);
    if (server === null) return;
    const { connection } = server;
    followConnection(this, connection);
    this.on("input", async (msg, send, done) => {
      try {
        const robot = msg.robot || config.robot || "*";
        const action = config.action || "stop";
        if (action === "reset") {
          const { connected } = connection;
          const robots = robot === "*" ? connected.robots() : [robot];
          await Promise.all(robots.map((id) => connected.robot(id).reset()));
        } else await connection.stop(robot, typeof msg.reason === "string" ? msg.reason : "Node-RED");
        send({ ...msg, payload: { action, robot } });
        done();
      } catch (error) {
        fail(error, msg, done);
      }
    });
  }
  RED.nodes.registerType("twin-stop", TwinStop);
};
