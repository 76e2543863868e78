import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const grafanaFolder = new URL("../../docs/examples/grafana", import.meta.url).pathname;

export type Target = {
  refId: string;
  datasource: { type: string; uid: string };
  expr?: string;
  url?: string;
  instant?: boolean;
  columns?: { selector: string }[];
};
export type Panel = {
  id: number;
  type: string;
  title: string;
  targets: Target[];
  options: object;
  fieldConfig: { defaults: { custom?: object } };
};
export type Dashboard = {
  uid: string;
  title: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: { query?: string } }[] };
  annotations: { list: { name: string; target: Target }[] };
};

export function dashboards(): { file: string; text: string; dashboard: Dashboard }[] {
  const folder = join(grafanaFolder, "dashboards");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      return { file, text, dashboard: JSON.parse(text) as Dashboard };
    });
}
