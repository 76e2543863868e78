import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;

type Row = { rooms: Map<string, "any" | "types">; packages: Set<string>; isPure: boolean };
type Import = { from: string; to: string; typesOnly: boolean };

/** The rooms of docs/architecture.md, by folder name. */
const table = readTable(readFileSync(join(root, "docs/architecture.md"), "utf8"));
const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
  .sort();
const texts = new Map(files.map((name) => [name, readFileSync(join(root, "src", name), "utf8")]));
const imports = files.flatMap((name) => importsOf(name, texts.get(name) ?? ""));

function readTable(text: string): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of text.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const name = /^`([a-z]+(?:\/[a-z]+)?)(?:\/|\.ts)`$/.exec(cells[1] ?? "")?.[1];
    if (name === undefined) continue;
    const list = (cell: string | undefined): string[] =>
      cell === "–" ? [] : (cell ?? "").split(",").map((part) => part.trim());
    rows.set(name, {
      rooms: new Map(
        list(cells[3]).map((part) => [
          part.replace(" (types)", ""),
          part.endsWith("(types)") ? "types" : "any",
        ]),
      ),
      packages: new Set(list(cells[4])),
      isPure: cells[5] === "yes",
    });
  }
  return rows;
}

/** Source without comments, so that an example in a docstring is no import. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** Every import and re-export of a file, `import("…")` and the type form of it included. */
function importsOf(from: string, text: string): Import[] {
  const code = codeOf(text);
  const found: Import[] = [];
  const statement =
    /(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?["']([^"'\n]+)["']/g;
  for (const match of code.matchAll(statement)) {
    found.push({ from, to: match[2] as string, typesOnly: match[1] !== undefined });
  }
  for (const match of code.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)) {
    found.push({ from, to: match[1] as string, typesOnly: false });
  }
  return found;
}

/** The deepest folder of a file that has a row; else its topmost folder. */
function roomOf(file: string): string {
  const [outer, inner, ...rest] = file.split("/");
  if (inner === undefined) return file.replace(/\.tsx?$/, "");
  const deep = `${outer}/${inner}`;
  return rest.length > 0 && table.has(deep) ? deep : (outer as string);
}

function isRelative(to: string): boolean {
  return to.startsWith(".");
}

/** Path under src/ of a relative import. */
function targetOf({ from, to }: Import): string {
  return normalize(join(dirname(from), to));
}

function packageOf(to: string): string {
  if (to.startsWith("node:")) return "node";
  return to
    .split("/")
    .slice(0, to.startsWith("@") ? 2 : 1)
    .join("/");
}

describe("the reader of imports", () => {
  it("sees every form of import and no comment", () => {
    const text = `
      import { a } from "./a.ts";
      import type { b } from "../b.ts";
      import {
        c,
        type d,
      } from "c";
      import "./side.css";
      export { e } from "./e.ts";
      export * from "./f.ts";
      const g = await import("./g.ts");
      type H = import("./h.ts").H;
      // import { no } from "./no.ts";
      /* import { no } from "./no.ts"; */`;
    expect(importsOf("x.ts", text).map(({ to, typesOnly }) => [to, typesOnly])).toEqual([
      ["./a.ts", false],
      ["../b.ts", true],
      ["c", false],
      ["./side.css", false],
      ["./e.ts", false],
      ["./f.ts", false],
      ["./g.ts", false],
      ["./h.ts", false],
    ]);
  });
});

describe("the rooms", () => {
  it("are those of the table in docs/architecture.md", () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...table.keys()].sort());
  });

  it("are many enough for the checks below to mean something", () => {
    expect(files.length).toBeGreaterThan(150);
    expect(imports.length).toBeGreaterThan(500);
    expect([...table.values()].filter((row) => row.isPure)).toHaveLength(16);
  });

  it("import only the rooms their row allows", () => {
    const wrong = imports.filter((one) => {
      if (!isRelative(one.to)) return false;
      const [from, to] = [roomOf(one.from), roomOf(targetOf(one))];
      if (from === to) return false;
      const leave = table.get(from)?.rooms.get(to);
      return leave === undefined || (leave === "types" && !one.typesOnly);
    });
    expect(wrong).toEqual([]);
  });

  it("import only the packages their row allows", () => {
    const wrong = imports.filter(
      (one) => !isRelative(one.to) && !table.get(roomOf(one.from))?.packages.has(packageOf(one.to)),
    );
    expect(wrong).toEqual([]);
  });

  it("have no package in their row that they do not use", () => {
    const used = new Set(imports.map((one) => `${roomOf(one.from)} ${packageOf(one.to)}`));
    const idle = [...table].flatMap(([name, row]) =>
      [...row.packages].filter((other) => !used.has(`${name} ${other}`)).map((other) => `${name} ${other}`),
    );
    expect(idle).toEqual([]);
  });

  it("reach only files that exist", () => {
    const known = new Set(readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }));
    expect(imports.filter((one) => isRelative(one.to) && !known.has(targetOf(one)))).toEqual([]);
  });
});

describe("the source", () => {
  it("has no import cycle, types included", () => {
    const edges = new Map<string, string[]>();
    for (const one of imports) {
      if (isRelative(one.to)) edges.set(one.from, [...(edges.get(one.from) ?? []), targetOf(one)]);
    }
    expect(cyclesOf(edges)).toEqual([]);
  });

  it("has no default export", () => {
    const wrong = files.filter((name) =>
      /^\s*export\s+default\b|\bas\s+default\b/m.test(codeOf(texts.get(name) ?? "")),
    );
    expect(wrong).toEqual([]);
  });

  it("has no barrel: no file passes another's exports on but an entry point of the package", () => {
    const entries = ["client/index.ts", "model/index.ts"];
    const wrong = files.filter(
      (name) =>
        !entries.includes(name) &&
        /^\s*export\s+(type\s+)?(\*|\{[^}]*\})\s*from\b/m.test(codeOf(texts.get(name) ?? "")),
    );
    expect(wrong).toEqual([]);
  });

  it("has no file over 300 lines", () => {
    expect(files.filter((name) => (texts.get(name) ?? "").split("\n").length > 301)).toEqual([]);
  });

  it("has no clock, timer, chance, process or console in a pure room", () => {
    const impure =
      /\b(?:Date\s*\.|new\s+Date\b|performance\s*\.|process\s*\.|console\s*\.|setTimeout|setInterval|setImmediate|queueMicrotask|Math\s*\.\s*random|globalThis|require\s*\()/;
    const wrong = files.filter(
      (name) => table.get(roomOf(name))?.isPure === true && impure.test(codeOf(texts.get(name) ?? "")),
    );
    expect(wrong).toEqual([]);
  });

  it("names its hot files in docs/architecture.md, and they exist", () => {
    const doc = readFileSync(join(root, "docs/architecture.md"), "utf8");
    const hot = doc.slice(doc.indexOf("## Hot files"), doc.indexOf("## What is kept out"));
    const named = [...hot.matchAll(/`([a-z]+\/[a-z/-]+\.ts)`/g)].map((match) => match[1]);
    expect(named).toHaveLength(22);
    expect(named.filter((name) => !files.includes(name as string))).toEqual([]);
  });
});

/** One closed walk for each cycle that a depth-first search meets. */
function cyclesOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return cycles;
}
