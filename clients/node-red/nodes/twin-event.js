const { followConnection, serverOf } = require("../lib/node-status.js");

const ranks = ["info", "warning", "error"];

module.exports = (RED) => {
  /** Sends what happens: events, alarms, the audit trail of commands. */
  function TwinEvent(config) {
    RED.nodes.createNode(this, config);
    const server = serverOf(RED, this, config);
    if (server === null) return;
    const { connection } = server;
    followConnection(this, connection);
    const matches = patternOf(config.kind || "*");
    const least = Math.max(0, ranks.indexOf(config.severity));
    let listened = null;
    let remove = () => {};
    const listen = (twin) => {
      if (twin === null || twin === listened) return;
      remove();
      listened = twin;
      remove = twin.on("event", (event) => {
        if (!matches(event.kind) || ranks.indexOf(event.severity) < least) return;
        if (config.robot && event.robot !== config.robot) return;
        this.send({ topic: event.kind, payload: event });
      });
    };
    const forget = connection.on(listen);
    this.on("close", () => {
      forget();
      remove();
    });
  }
  RED.nodes.registerType("twin-event", TwinEvent);
};

/** `*` matches any run of characters; several patterns are separated by commas. */
function patternOf(text) {
  const parts = text.split(",").map((one) => one.trim().split("*"));
  const isOne = (pieces, kind) => {
    const [first, ...rest] = pieces;
    if (rest.length === 0) return kind === first;
    if (!kind.startsWith(first)) return false;
    let at = first.length;
    const last = rest.pop();
    for (const piece of rest) {
      const found = kind.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return kind.length - last.length >= at && kind.endsWith(last);
  };
  return (kind) => parts.some((pieces) => isOne(pieces, kind));
}
