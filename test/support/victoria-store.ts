import { answers, findProgram, type ServerPlan, type StoredRow, StoreServer } from "./store-server.ts";

export const victoriaPlan: ServerPlan = {
  program: findProgram("victoria-metrics", "victoria-metrics-prod"),
  hint: "no VictoriaMetrics found (apt-get install victoria-metrics)",
  args: (port, folder) => [
    `-storageDataPath=${folder}/data`,
    `-httpListenAddr=127.0.0.1:${port}`,
    "-retentionPeriod=100y",
    "-search.maxUniqueTimeseries=1000000",
  ],
  isUp: (port) => answers(`http://127.0.0.1:${port}/health`),
};

export class VictoriaStore extends StoreServer {
  constructor() {
    super(victoriaPlan);
  }

  /** One row for each stored number; `fields` has its field. */
  async readAll(measurement = "twin"): Promise<StoredRow[]> {
    const base = `http://127.0.0.1:${this.port}`;
    await fetch(`${base}/internal/force_flush`);
    const match = encodeURIComponent(`{__name__=~"${measurement}_.*"}`);
    const text = await (await fetch(`${base}/api/v1/export?match[]=${match}&start=0`)).text();
    return text
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => {
        const { metric, timestamps, values } = JSON.parse(line) as {
          metric: Record<string, string>;
          timestamps: number[];
          values: number[];
        };
        const { __name__: name = "", ...labels } = metric;
        return timestamps.map((time, i) => ({
          labels,
          time: BigInt(time) * 1_000_000n,
          fields: { [name.slice(measurement.length + 1)]: values[i] },
        }));
      });
  }
}
