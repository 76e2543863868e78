// Judges what a port's build left: sizes, stack frames, the deepest stack, symbols that must not be there.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deepest, readFunctions } from "./stack-depth.mjs";

const LARGEST_FRAME = 512;
// The interrupt's own frame (with the FPU's registers) comes on top of the loop's deepest point.
const EXCEPTION_FRAME = 104;

// No heap and no printf, in C or C++, under any of newlib's and libstdc++'s names.
const FORBIDDEN =
  /^(_?(malloc|free|calloc|realloc)(_r)?|_?sbrk(_r)?|_?[a-z]*printf[a-z_]*|_?dtoa_r|_?(d|f)toa.*|_Zn[wa].*|_Zd[la]P.*)$/;

const run = (tool, ...words) => execFileSync(tool, words, { encoding: "utf8", maxBuffer: 1 << 28 });

function filesBelow(folder, ending) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Bytes that the image keeps in flash and in RAM; for objects, their sum, not linked. */
function sizes(port, build) {
  const files = port.image ? [join(build, port.image)] : filesBelow(join(build, port.objects), ".o");
  const lines = run(`${port.prefix}size`, ...files)
    .trim()
    .split("\n")
    .slice(1);
  const [text, data, bss] = lines.reduce(
    (sum, line) =>
      line
        .trim()
        .split(/\s+/)
        .slice(0, 3)
        .map((word, i) => sum[i] + Number(word)),
    [0, 0, 0],
  );
  return { flash: text + data, ram: data + bss };
}

function largestFrame(port, build) {
  const frames = filesBelow(join(build, (port.image ?? port.objects).split("/")[0]), ".su").flatMap((file) =>
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [where, bytes, kind] = line.split("\t");
        return { where, bytes: Number(bytes), isBounded: kind !== "dynamic" };
      }),
  );
  return frames.reduce((most, frame) => (frame.bytes > most.bytes || !frame.isBounded ? frame : most));
}

function deepestStack(port, build) {
  const image = join(build, port.image);
  const functions = readFunctions(run(`${port.prefix}objdump`, "-d", image));
  const words = new Set();
  for (const line of run(`${port.prefix}objdump`, "-s", image).split("\n")) {
    for (const [, word] of line.slice(1, 46).matchAll(/ ([0-9a-f]{8})(?= |$)/g)) {
      words.add(Buffer.from(word, "hex").readUInt32LE() - 1);
    }
  }
  const isOf = (name) => (each) => name.test(each.name);
  const handlers = [...functions.values()].filter(isOf(/^_ZN4twin\w*?\d+on[A-Z]\w*Ev$/));
  // Virtual functions and callbacks; the vector table's are not called.
  const pointers = [...functions.values()]
    .filter((each) => words.has(each.address) && !handlers.includes(each) && !isOf(/reset|fault|boot2/)(each))
    .map((each) => each.address);
  const main = deepest(functions, pointers, "main");
  const inHandler = Math.max(0, ...handlers.map((each) => deepest(functions, [], each.name).bytes));
  return main.bytes + inHandler + EXCEPTION_FRAME;
}

/** A row for the table and what is wrong, in words. */
export function judge(port, build, budget) {
  const found = [];
  const { flash, ram } = sizes(port, build);
  for (const [what, bytes] of Object.entries({ flash, ram })) {
    if (budget?.[what] === undefined) found.push(`no ${what} in budget.json`);
    else if (bytes > budget[what])
      found.push(`${what} ${bytes} bytes, ${budget[what]} allowed (budget.json)`);
  }
  const frame = largestFrame(port, build);
  if (frame.bytes > (port.frame ?? LARGEST_FRAME) || !frame.isBounded) {
    found.push(`a stack frame of ${frame.bytes} bytes: ${frame.where}`);
  }
  const row = {
    port: port.name,
    flash,
    "flash allowed": budget?.flash,
    ram,
    "ram allowed": budget?.ram,
    frame: frame.bytes,
  };
  if (port.isThumb) {
    row.stack = deepestStack(port, build);
    if (budget?.stack === undefined || row.stack > budget.stack) {
      found.push(`stack ${row.stack} bytes, ${budget?.stack} allowed (budget.json)`);
    }
  }
  const files = port.image ? [join(build, port.image)] : filesBelow(join(build, port.objects), ".o");
  const symbols = run(`${port.prefix}nm`, ...files)
    .split("\n")
    .map((line) => line.trim().split(" ").at(-1).split("@")[0]);
  const bad = [...new Set(symbols.filter((symbol) => FORBIDDEN.test(symbol)))];
  if (bad.length) found.push(`uses ${bad.join(", ")}`);
  return { row, found };
}
