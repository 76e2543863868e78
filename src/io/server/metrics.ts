import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Engine } from "../../engine/engine.ts";
import type { History } from "../../history/history-query.ts";

/** The Prometheus view of the program. Counters are read from where the counting is done. */
export class Metrics {
  readonly registry = new Registry();
  readonly cycleSeconds: Histogram;
  readonly cycleLateSeconds: Histogram;
  readonly refusedFrames: Counter;

  /** `others`: the clients beside those of `/ws/state`, and what they have not read. */
  constructor(
    engine: Engine,
    others: { clients(): number; bufferedBytes(): number },
    history: () => History | null = () => null,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.cycleSeconds = new Histogram({
      name: "twin_cycle_seconds",
      help: "Duration of a cycle",
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1],
      registers,
    });
    this.cycleLateSeconds = new Histogram({
      name: "twin_cycle_late_seconds",
      help: "How late a cycle began, because the program was busy",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5],
      registers,
    });
    this.refusedFrames = new Counter({
      name: "twin_refused_frames_total",
      help: "WebSocket messages that were refused: too large, not JSON, wrong shape, too many",
      labelNames: ["socket", "reason"],
      registers,
    });
    const addCounter = (counter: Counter): void => this.registry.registerMetric(counter);
    addCounter(
      new Counter({
        name: "twin_source_messages_total",
        help: "Messages of each source by result",
        labelNames: ["source", "result"],
        registers: [],
        collect() {
          this.reset();
          for (const source of engine.graph.sources) {
            if (!/^(ros|mqtt|sim):/.test(source.name)) continue;
            for (const [result, count] of Object.entries(source.counts)) {
              this.inc({ source: source.name, result }, count);
            }
          }
        },
      }),
    );
    addCounter(
      new Counter({
        name: "twin_commands_total",
        help: "Commands by the stages they went through",
        labelNames: ["result"],
        registers: [],
        collect() {
          this.reset();
          for (const [result, count] of engine.counters.commands) this.inc({ result }, count);
        },
      }),
    );
    addCounter(
      new Counter({
        name: "twin_watchdog_trips_total",
        help: "How often each watchdog tripped",
        labelNames: ["watchdog"],
        registers: [],
        collect() {
          this.reset();
          for (const [watchdog, count] of engine.watchdogs.trips) this.inc({ watchdog }, count);
        },
      }),
    );
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge("twin_clients", "Open sockets of all kinds", () => engine.stream.count() + others.clients());
    gauge(
      "twin_client_buffered_bytes",
      "Bytes waiting for viewers and Foxglove clients",
      () => engine.stream.bufferedBytes() + others.bufferedBytes(),
    );
    gauge("twin_frames_dropped", "Frames left out for slow viewers", () => engine.stream.droppedFrames);
    addCounter(
      new Counter({
        name: "twin_history_samples_total",
        help: "Samples of the history by what became of them",
        labelNames: ["result"],
        registers: [],
        collect() {
          this.reset();
          const status = history()?.status();
          if (status === undefined) return;
          this.inc({ result: "stored" }, status.stored);
          this.inc({ result: "dropped" }, status.dropped);
        },
      }),
    );
    gauge("twin_history_bytes", "Size of the history on the disk", () => history()?.status().bytes ?? 0);
    gauge("twin_history_recording", "1 while the history is recorded", () =>
      history()?.status().state === "recording" ? 1 : 0,
    );
    gauge("twin_revision", "Revision of the graph", () => engine.graph.revision);
  }
}
