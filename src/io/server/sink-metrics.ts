import { Counter, Gauge, type Registry } from "prom-client";

/** What is counted of a sink of the history. */
export type SinkFigures = {
  name: string;
  state: string;
  sent: number;
  refused: number;
  leftOut: number;
  lost: number;
  waiting: number;
};

/** The Prometheus view of the history's sinks, as `read` has them. */
export function addSinkMetrics(registry: Registry, read: () => readonly SinkFigures[]): void {
  const registers = [registry];
  const labelNames = ["sink"];
  new Gauge({
    name: "twin_history_sink_up",
    help: "Whether a store that the history is sent to takes rows",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name, state } of read()) this.set({ sink: name }, state === "ok" ? 1 : 0);
    },
  });
  new Gauge({
    name: "twin_history_sink_rows_waiting",
    help: "Rows that wait on the disk for a store, about",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name, waiting } of read()) this.set({ sink: name }, waiting);
    },
  });
  new Counter({
    name: "twin_history_sink_rows_total",
    help: "Rows by what became of them: sent, refused by the store, left out without a value, lost unsent",
    labelNames: ["sink", "result"],
    registers,
    collect() {
      this.reset();
      for (const { name, sent, refused, leftOut, lost } of read()) {
        const counts = { sent, refused, left_out: leftOut, lost };
        for (const [result, count] of Object.entries(counts)) this.inc({ sink: name, result }, count);
      }
    },
  });
}
