// Figures of each room of src/: node scripts/room-figures.mjs [FOLDER]. Rooms are the rows of docs/architecture.md.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = process.argv[2] ?? ".";
const table = readFileSync(join(root, "docs/architecture.md"), "utf8");
const rooms = [...table.matchAll(/^\| `([a-z]+(?:\/[a-z]+)?)\/` \|/gm)].map((match) => match[1]);
const sources = filesOf(join(root, "src"));
const tests = filesOf(join(root, "test/unit"));
const rows = rooms.map((room) => figures(room));
const widths = Object.keys(rows[0]).map((key) =>
  Math.max(key.length, ...rows.map((row) => String(row[key]).length)),
);
for (const cells of [Object.keys(rows[0]), ...rows.map(Object.values)]) {
  console.log(cells.map((cell, i) => String(cell).padEnd(widths[i])).join("  "));
}

function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => ({ name, lines: readFileSync(join(folder, name), "utf8").split("\n") }));
}

/** The deepest room that a file is in. */
function roomOf(name) {
  return rooms.filter((room) => name.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0];
}

function figures(room) {
  const own = sources.filter(({ name }) => roomOf(name) === room);
  const lines = own.reduce((sum, file) => sum + file.lines.length, 0);
  const tested = tests
    .filter(({ name }) => roomOf(name) === room)
    .reduce((sum, file) => sum + file.lines.length, 0);
  return {
    room,
    files: own.length,
    lines,
    "lines a file": Math.round(lines / own.length),
    "longest file": Math.max(...own.map((file) => file.lines.length)),
    "longest function": Math.max(0, ...own.flatMap(functionLengths)),
    "exports without docstring": own.reduce((sum, file) => sum + undocumented(file), 0),
    "test lines to source lines": (tested / lines).toFixed(2),
  };
}

/** Lines of functions and methods, as formatted: from a head that ends in `{` to the brace at its indentation. */
function functionLengths({ lines }) {
  const lengths = [];
  for (let i = 0; i < lines.length; i++) {
    const head =
      /^(\s*)(?:(?:export |private |async |static |override |get |set )*(?:function )?[#\w]+\(|constructor\(|.*=> \{$)/.exec(
        lines[i],
      );
    if (head === null || /^\s*(?:if|for|while|switch|return|catch)\b/.test(lines[i])) continue;
    let begin = i;
    while (begin < lines.length && begin - i < 14 && !lines[begin].endsWith("{")) begin++;
    if (!lines[begin]?.endsWith("{")) continue;
    const end = lines.findIndex((line, k) => k > begin && line.startsWith(`${head[1]}}`));
    if (end > 0) lengths.push(end - i + 1);
  }
  return lengths;
}

function undocumented({ lines }) {
  return lines.filter(
    (line, i) =>
      /^export (?:async )?(?:function|class|interface|type|const) /.test(line) &&
      !lines[i - 1]?.trim().endsWith("*/"),
  ).length;
}
