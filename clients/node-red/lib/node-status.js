const shown = {
  open: { fill: "green", shape: "dot", text: "connected" },
  connecting: { fill: "yellow", shape: "ring", text: "connecting" },
  closed: { fill: "grey", shape: "ring", text: "closed" },
};

/** The server of a node; null, with a status that says so, where none was chosen. */
function serverOf(RED, node, config) {
  const server = RED.nodes.getNode(config.server);
  if (server?.connection !== undefined) return server;
  node.status({ fill: "red", shape: "ring", text: "choose a twin" });
  return null;
}

/** Shows the state of a node's connection for as long as the node lives. */
function followConnection(node, connection) {
  const remove = connection.on((_, state) => node.status(shown[state]));
  node.on("close", remove);
}

/** Ends a message with an error: catch nodes get its text with the code of the refusal in front, and `msg.code`. */
function fail(error, msg, done) {
  msg.code = error.code ?? "error";
  const { message } = error;
  done(
    error.code === undefined || message.startsWith(`${error.code}:`) ? message : `${error.code}: ${message}`,
  );
}

module.exports = { fail, followConnection, serverOf };
