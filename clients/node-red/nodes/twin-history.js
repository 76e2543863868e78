const { fail, followConnection, serverOf } = require("../lib/node-status.js");

module.exports = (RED) => {
  /** Queries the recorded past. What the message names overrides the node. */
  function TwinHistory(config) {
    RED.nodes.createNode(this, config);
    const server = serverOf(RED, this, config);
    if (server === null) return;
    const { connection } = server;
    followConnection(this, connection);
    this.on("input", async (msg, send, done) => {
      try {
        const asked = { ...fieldsOf(config), ...fieldsOf(msg) };
        const { lastSeconds, ...query } = asked;
        const twin = connection.connected;
        if (query.from === undefined) {
          const now = twin.serverTime() ?? Date.now();
          query.from = Math.round(now - 1000 * (Number(lastSeconds) || 60));
        }
        if (query.points === undefined && query.step === undefined) query.points = 500;
        const series = await twin.history(query);
        send({ ...msg, payload: config.shape === "rows" ? rowsOf(series) : series });
        done();
      } catch (error) {
        fail(error, msg, done);
      }
    });
  }
  RED.nodes.registerType("twin-history", TwinHistory);
};

const texts = ["series", "facet", "aggregate"];
const numbers = ["points", "step", "lastSeconds"];
const times = ["from", "to"];

/** The parts of a query that a node's settings or a message have. */
function fieldsOf(from) {
  const given = (name) => from[name] !== undefined && from[name] !== null && from[name] !== "";
  return Object.fromEntries([
    ...[...texts, ...times].filter(given).map((name) => [name, from[name]]),
    ...numbers.filter(given).map((name) => [name, Number(from[name])]),
  ]);
}

/** One object for each point, as charts and tables take them. */
function rowsOf(series) {
  return series.flatMap(({ name, facet, unit, time, ...columns }) =>
    time.map((at, i) => ({
      time: at,
      series: name,
      facet,
      unit,
      ...Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[i]])),
    })),
  );
}
