import { builtins, pythonNamespace } from "../expression/builtins.ts";
import { evaluate } from "../expression/evaluate.ts";
import { ExpressionFault } from "../expression/fault.ts";
import { mathematics } from "../expression/mathematics.ts";
import { parseExpression } from "../expression/parse.ts";
import type { Expression } from "../expression/syntax.ts";
import { readFloat, readInt, str } from "../expression/text.ts";
import { Namespace, type Value } from "../expression/values.ts";
import { boundedText, type Work } from "../expression/work.ts";
import type { Scope } from "./scope.ts";

/** What `$(…)` and `xacro.…` ask of the file at hand. */
export interface TextSurroundings {
  /** The value of an argument; undefined when there is none. */
  argument(name: string): string | undefined;
  findPackage(name: string): string | null;
  environment(name: string): string | undefined;
  folder(): string;
  /** What `xacro.` gives: load_yaml and the like. */
  xacroFunctions: ReadonlyMap<string, Value>;
}

/** The pieces of a text: `$${` and `$$(` (one dollar is taken off), an expression, a substitution, plain text. */
const piece = /\$\$+[{(]|\$\{([^}]*)\}|\$\(([^)]*)\)|[^$]+|\$(?![{(])/y;

/** Longer ones are no expressions of a person. */
const longestExpression = 10_000;

/** More parsed expressions are not kept. */
const mostKept = 10_000;

/** Evaluates attributes and texts of one xacro file and all that it includes. */
export class TextEvaluator {
  readonly #around: TextSurroundings;
  readonly #work: Work;
  readonly #parsed = new Map<string, Expression>();
  readonly #globals: ReadonlyMap<string, Value>;

  constructor(around: TextSurroundings, work: Work) {
    this.#around = around;
    this.#work = work;
    const space = (name: string, members: ReadonlyMap<string, Value>): [string, Value] => [
      name,
      new Namespace(name, (member) => members.get(member)),
    ];
    this.#globals = new Map([
      ...mathematics,
      ...builtins,
      space("math", mathematics),
      space("python", pythonNamespace),
      space("xacro", around.xacroFunctions),
      ...["load_yaml", "abs_filename", "dotify"].flatMap((name): [string, Value][] => {
        const old = around.xacroFunctions.get(name);
        return old === undefined ? [] : [[name, old]];
      }),
    ]);
  }

  isGlobal(name: string): boolean {
    return this.#globals.has(name);
  }

  /**
   * The value of a text: typed when it is one expression and nothing else, otherwise a str. Throws an
   * ExpressionFault that names the expression.
   */
  value(text: string, scope: Scope): Value {
    this.#work.spend(1 + text.length / 32);
    if (!text.includes("$")) return text;
    const values: Value[] = [];
    piece.lastIndex = 0;
    while (piece.lastIndex < text.length) {
      this.#work.spend(1);
      const from = piece.lastIndex;
      const match = piece.exec(text);
      if (match === null) {
        throw new ExpressionFault(`"${text.slice(from, from + 40)}" is opened and not closed`);
      }
      const next = piece.lastIndex;
      values.push(this.#pieceValue(match, scope));
      // Evaluating a piece may have used the pattern for another text.
      piece.lastIndex = next;
    }
    piece.lastIndex = 0;
    const [only] = values;
    if (values.length === 1 && only !== undefined) return only;
    return boundedText(values.map((one) => str(one, this.#work)).join(""), this.#work);
  }

  /** As `value`, as the text that is in the expanded file. */
  text(text: string, scope: Scope): string {
    return text.includes("$") ? str(this.value(text, scope), this.#work) : text;
  }

  /** The number of a text like `2*pi`, as a tagged scalar of YAML has it. */
  number(text: string): number {
    const value = this.#run(text, (name) => this.#globals.get(name));
    const float = typeof value === "string" ? readFloat(value) : Number(value);
    if (float === null || typeof value === "object") throw new ExpressionFault(`"${text}" is not a number`);
    return float;
  }

  #pieceValue(match: RegExpExecArray, scope: Scope): Value {
    const [whole, expression, substitution] = match;
    if (expression !== undefined) {
      const inner = this.text(expression, scope);
      // Names are looked for in every call around.
      const price = scope.depth / 4;
      return this.#run(inner, (name) => {
        this.#work.spend(price);
        return scope.get(name) ?? this.#globals.get(name);
      });
    }
    if (substitution !== undefined) return this.#substitute(this.text(substitution, scope));
    return whole.startsWith("$$") ? whole.slice(1) : whole;
  }

  #run(text: string, lookup: (name: string) => Value | undefined): Value {
    try {
      let parsed = this.#parsed.get(text);
      if (parsed === undefined) {
        if (text.length > longestExpression) {
          throw new ExpressionFault(`an expression has more than ${longestExpression} characters`);
        }
        this.#work.spend(8 * text.length);
        parsed = parseExpression(text);
        if (this.#parsed.size < mostKept) this.#parsed.set(text, parsed);
      }
      const expression = parsed;
      return this.#work.nested(() => evaluate(expression, lookup, this.#work));
    } catch (thrown) {
      if (!(thrown instanceof ExpressionFault) || thrown.message.includes("${")) throw thrown;
      const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
      throw new ExpressionFault(`\${${shown.trim()}}: ${thrown.message}`);
    }
  }

  /** https://wiki.ros.org/roslaunch/XML#substitution_args */
  #substitute(text: string): Value {
    if (text.startsWith("eval ")) return this.#eval(text.slice(5));
    if (text === "") return "$()";
    const [command = "", name, ...more] = text.split(" ").filter((word) => word !== "");
    const only = (): string => {
      if (name !== undefined && more.length === 0) return name;
      throw new ExpressionFault(`$(${text}): one name should follow ${command}`);
    };
    switch (command) {
      case "arg": {
        const value = this.#around.argument(only());
        if (value !== undefined) return value;
        throw new ExpressionFault(
          `$(${text}): there is no argument "${name}"; declare it as <xacro:arg name="${name}" default="…"/>`,
        );
      }
      case "find": {
        const folder = this.#around.findPackage(only());
        if (folder !== null) return folder;
        throw new ExpressionFault(
          `$(${text}): package "${name}" is not known; source its workspace or name its folder`,
        );
      }
      case "env": {
        const value = this.#around.environment(only());
        if (value !== undefined) return value;
        throw new ExpressionFault(
          `$(${text}): the environment has no ${name}; set it or use $(optenv ${name} …)`,
        );
      }
      case "optenv":
        return this.#around.environment(name ?? "") ?? more.join(" ");
      case "dirname":
      case "cwd":
        return this.#around.folder();
      default:
        throw new ExpressionFault(
          `$(${text.slice(0, 40)}) is not known; there are arg, find, env, optenv, eval, dirname`,
        );
    }
  }

  /** $(eval …) has names of its own: the arguments, converted, and lower-case true and false. */
  #eval(text: string): string {
    if (text.includes("__")) throw new ExpressionFault("$(eval …) may hold no double underscore");
    const value = this.#run(text, (name) => {
      if (name === "true" || name === "false") return name === "true";
      const argument = this.#around.argument(name);
      return this.#globals.get(name) ?? (argument === undefined ? undefined : converted(argument));
    });
    return str(value, this.#work);
  }
}

/** An argument's text as roslaunch's type "auto" takes it. */
function converted(text: string): Value {
  const number = text.includes(".") ? readFloat(text) : readInt(text);
  if (number !== null) return number;
  const lower = text.toLowerCase();
  return lower === "true" || lower === "false" ? lower === "true" : text;
}
