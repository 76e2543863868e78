const { followConnection, serverOf } = require("../lib/node-status.js");

const fastestHz = 100;

module.exports = (RED) => {
  /** Sends the newest value of a joint, a property or a device's signal when it changed. */
  function TwinIn(config) {
    RED.nodes.createNode(this, config);
    const server = serverOf(RED, this, config);
    if (server === null) return;
    const { connection } = server;
    followConnection(this, connection);
    const facet = config.facet || "reported";
    const owner = config.source === "device" ? config.device : config.robot || "robot";
    const topic = `${config.source === "device" ? "device/" : ""}${owner}/${
      config.source === "joint" ? `joint/${config.property}` : config.property
    }`;

    const read = (twin) => {
      switch (config.source) {
        case "device":
          return twin.device(owner).signal(config.property, facet);
        case "property":
          return twin.robot(owner).property(config.property, facet);
        default:
          return jointOf(twin.robot(owner).joint(config.property, facet));
      }
    };
    let last = "";
    const look = () => {
      const { twin } = connection;
      if (twin === null) return;
      const reading = read(twin);
      if (reading === null) return;
      const { value, ageMs, quality, reason } = reading;
      const now = JSON.stringify([value, quality]);
      if (now === last && config.send !== "always") return;
      last = now;
      this.send({ topic, payload: value, facet, ageMs, quality, reason });
    };
    const hz = Math.min(fastestHz, Math.max(0.01, Number(config.rate) || 10));
    const timer = setInterval(look, 1000 / hz);
    this.on("close", () => clearInterval(timer));
  }
  RED.nodes.registerType("twin-in", TwinIn);
};

/** A joint as one reading: its numbers, the worst of their qualities and the greatest of their ages. */
function jointOf(joint) {
  const all = Object.entries(joint).filter(([, one]) => one !== null);
  if (all.length === 0) return null;
  const order = ["good", "uncertain", "bad"];
  const [, worst] = all.reduce((a, b) => (order.indexOf(b[1].quality) > order.indexOf(a[1].quality) ? b : a));
  return {
    value: Object.fromEntries(all.map(([name, one]) => [name, one.value])),
    ageMs: Math.max(...all.map(([, one]) => one.ageMs)),
    quality: worst.quality,
    reason: worst.reason,
  };
}
