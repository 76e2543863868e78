const { TwinConnection } = require("../lib/twin-connection.js");

module.exports = (RED) => {
  /** The address of a twin and the connection to it, which all nodes of the flow share. */
  function TwinServer(config) {
    RED.nodes.createNode(this, config);
    this.connection = new TwinConnection({
      url: config.url || "http://127.0.0.1:8080",
      token: this.credentials?.token ?? "",
      holder: config.holder || "Node-RED",
      load: () => import("twinbridge/client"),
      warn: (line) => this.warn(line),
    });
    this.on("close", () => this.connection.close());
  }
  RED.nodes.registerType("twin-server", TwinServer, { credentials: { token: { type: "password" } } });
};
