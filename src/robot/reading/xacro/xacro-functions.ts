import { ExpressionFault } from "../expression/fault.ts";
import { str } from "../expression/text.ts";
import { Callable, Dict, type DictKey, type Value } from "../expression/values.ts";
import { checkedLength, type Work } from "../expression/work.ts";

/** What the functions of `xacro.` reach. */
export interface FunctionSurroundings {
  loadYaml(path: string): unknown;
  absolute(path: string): string;
  argument(name: string): string | undefined;
  /** Something a file wants a person to read. */
  tell(message: string): void;
}

/** The functions that are behind `xacro.` in expressions. */
export function createXacroFunctions(around: FunctionSurroundings, work: Work): ReadonlyMap<string, Value> {
  const textAt = (name: string, args: readonly Value[], index: number): string => {
    const value = args[index];
    if (typeof value === "string") return value;
    throw new ExpressionFault(`${name}() needs a str`);
  };
  const said = (args: readonly Value[]): string => args.map((one) => str(one, work)).join(" ");
  const tell = (name: string): Callable =>
    new Callable(name, (args) => {
      around.tell(`${name}: ${said(args)}`);
      return "";
    });
  const functions = [
    new Callable("load_yaml", (args) => fromYaml(around.loadYaml(textAt("load_yaml", args, 0)), work, 0)),
    new Callable("abs_filename", (args) => around.absolute(textAt("abs_filename", args, 0))),
    new Callable("dotify", ([value = null]) => {
      if (value instanceof Dict) return value;
      throw new ExpressionFault("dotify() needs a dict");
    }),
    new Callable("arg", (args) => {
      const value = around.argument(textAt("arg", args, 0));
      if (value !== undefined) return value;
      throw new ExpressionFault(`there is no argument "${said(args)}"`);
    }),
    new Callable("tokenize", (args, named) => tokenized(textAt("tokenize", args, 0), args, named)),
    new Callable("fatal", (args) => {
      throw new ExpressionFault(`the file itself says: ${said(args)}`);
    }),
    new Callable("print_location", () => ""),
    tell("message"),
    tell("warning"),
    tell("error"),
  ];
  return new Map(functions.map((one) => [one.name, one]));
}

function tokenized(text: string, args: readonly Value[], named: ReadonlyMap<string, Value>): Value {
  const separators = args[1] ?? named.get("sep") ?? ",; ";
  const skips = args[2] ?? named.get("skip_empty") ?? true;
  if (typeof separators !== "string")
    throw new ExpressionFault("the separators of tokenize() should be a str");
  const parts = [""];
  for (const character of text) {
    if (separators.includes(character)) parts.push("");
    else parts.push((parts.pop() ?? "") + character);
  }
  return skips === false ? parts : parts.filter((part) => part !== "");
}

/** YAML may nest this deep. */
const deepest = 40;

/** A parsed YAML value as an expression's: maps become dicts, ints come as bigint. */
function fromYaml(value: unknown, work: Work, depth: number): Value {
  work.spend(1);
  if (depth > deepest) throw new ExpressionFault(`the YAML is nested deeper than ${deepest}`);
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    checkedLength(value.length, work);
    return value.map((one) => fromYaml(one, work, depth + 1));
  }
  if (typeof value !== "object") throw new ExpressionFault("the YAML holds what is no value");
  const pairs = value instanceof Map ? [...value] : Object.entries(value);
  checkedLength(pairs.length, work);
  return new Dict(
    new Map(pairs.map(([key, one]): [DictKey, Value] => [yamlKey(key), fromYaml(one, work, depth + 1)])),
  );
}

function yamlKey(key: unknown): DictKey {
  if (typeof key === "bigint" || typeof key === "number" || key === null) return key;
  return String(key);
}
