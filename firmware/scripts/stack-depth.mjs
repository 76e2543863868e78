// The deepest stack of a Thumb program, read from its disassembly: frames are what a function pushes and subtracts,
// edges its calls. A call through a pointer may go to any function whose address stands in the program's data.

const SYMBOL = /^([0-9a-f]{8}) <(.+)>:$/;
const INSTRUCTION = /^\s*([0-9a-f]+):\t[0-9a-f ]+\t(\S+)(?:\t(.*))?$/;

function listLength(operands) {
  const inside = /\{(.*)\}/.exec(operands)?.[1] ?? "";
  return inside.split(",").reduce((sum, part) => {
    const [, from, to] = /[rsd](\d+)-[rsd](\d+)/.exec(part) ?? [];
    return sum + (from === undefined ? 1 : Number(to) - Number(from) + 1);
  }, 0);
}

function frameOf(name, operands) {
  if (name === "push" || name === "push.w" || (name.startsWith("stmdb") && operands.startsWith("sp!"))) {
    return 4 * listLength(operands);
  }
  if (name === "vpush") return (operands.includes("d") ? 8 : 4) * listLength(operands);
  if (/^str(d)?(\.w)?$/.test(name) && /\[sp, #-(\d+)\]!/.test(operands))
    return Number(/#-(\d+)\]!/.exec(operands)[1]);
  if (/^subw?(\.w)?$/.test(name) && operands.startsWith("sp,"))
    return Number(/#(\d+)/.exec(operands)?.[1] ?? 0);
  return 0;
}

/** Functions of a disassembly (`objdump -d`): address, frame in bytes, called addresses, calls through pointers. */
export function readFunctions(disassembly) {
  const functions = new Map();
  let current = null;
  for (const line of disassembly.split("\n")) {
    const symbol = SYMBOL.exec(line);
    if (symbol) {
      current = {
        name: symbol[2],
        address: Number.parseInt(symbol[1], 16),
        frame: 0,
        calls: new Set(),
        isIndirect: false,
      };
      functions.set(current.address, current);
      continue;
    }
    const instruction = INSTRUCTION.exec(line);
    if (!instruction || current === null) continue;
    const [, , name, operands = ""] = instruction;
    current.frame += frameOf(name, operands);
    if (/^(bl|b|b\.n|b\.w|blx)$/.test(name)) {
      const target = /^([0-9a-f]+) </.exec(operands);
      if (target) current.calls.add(Number.parseInt(target[1], 16));
      else if (name === "blx" || name === "bl") current.isIndirect = true;
    } else if (name === "bx" && !operands.startsWith("lr")) {
      current.isIndirect = true;
    }
  }
  return functions;
}

/** Deepest stack in bytes from the function of this name, and the way there. A function met again is not entered. */
export function deepest(functions, pointers, name) {
  const known = new Map();
  const open = new Set();
  const depthOf = (of) => {
    if (known.has(of.address)) return known.get(of.address);
    if (open.has(of.address)) return { bytes: 0, way: [] };
    open.add(of.address);
    let best = { bytes: 0, way: [] };
    const targets = [...of.calls].map((address) => functions.get(address));
    if (of.isIndirect) targets.push(...pointers.map((address) => functions.get(address)));
    for (const target of targets) {
      if (target === undefined || target === of) continue;
      const below = depthOf(target);
      if (below.bytes > best.bytes) best = below;
    }
    open.delete(of.address);
    const result = { bytes: best.bytes + of.frame, way: [of.name, ...best.way] };
    known.set(of.address, result);
    return result;
  };
  const start = [...functions.values()].find((each) => each.name === name);
  return start === undefined ? { bytes: 0, way: [] } : depthOf(start);
}
