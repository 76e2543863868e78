import type { XmlElement } from "../xml-tree.ts";

/** The default of a macro's parameter: `:=text`, `:=^` (the caller's property), `:=^|text` (that, else text). */
export type ParameterDefault = { isForwarded: boolean; text: string | null };

/** A macro; parameters `*name` and `**name` take blocks. */
export type Macro = {
  name: string;
  body: XmlElement;
  parameters: string[];
  defaults: Map<string, ParameterDefault>;
};

/** Macros by name; those of an include with `ns` have a table of their own. */
export class MacroTable {
  readonly #parent: MacroTable | null;
  readonly #macros = new Map<string, Macro>();
  readonly #spaces = new Map<string, MacroTable>();

  constructor(parent: MacroTable | null) {
    this.#parent = parent;
  }

  /** Its own table for what a macro's body defines. */
  inner(): MacroTable {
    return new MacroTable(this);
  }

  get(name: string): Macro | undefined {
    return this.#nearest((table) => table.#macros.get(name));
  }

  set(macro: Macro): void {
    this.#macros.set(macro.name, macro);
  }

  setSpace(name: string, space: MacroTable): void {
    this.#spaces.set(name, space);
  }

  space(name: string): MacroTable | undefined {
    return this.#nearest((table) => table.#spaces.get(name));
  }

  /** The names that are known, for a message. */
  names(): string[] {
    const names: string[] = [];
    for (let table: MacroTable | null = this; table !== null; table = table.#parent)
      names.push(...table.#macros.keys());
    return names;
  }

  #nearest<T>(find: (table: MacroTable) => T | undefined): T | undefined {
    for (let table: MacroTable | null = this; table !== null; table = table.#parent) {
      const found = find(table);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Splits `params`: names parted by space, each with `:=` or `=` and a default if it has one. */
export function parseParameters(text: string): Pick<Macro, "parameters" | "defaults"> {
  const parameters: string[] = [];
  const defaults = new Map<string, ParameterDefault>();
  let rest = text.trim();
  while (rest !== "") {
    const named = /^([^\s:=]+)\s*:?=\s*/.exec(rest);
    if (named === null) {
      const [name = ""] = rest.split(/\s/, 1);
      parameters.push(name);
      rest = rest.slice(name.length).trimStart();
      continue;
    }
    const name = named[1] as string;
    rest = rest.slice(named[0].length);
    const forward = /^\^\|?/.exec(rest)?.[0] ?? "";
    rest = rest.slice(forward.length);
    const length = defaultLength(rest);
    parameters.push(name);
    defaults.set(name, {
      isForwarded: forward !== "",
      text: length === 0 && forward !== "" ? null : rest.slice(0, length),
    });
    rest = rest.slice(length).trimStart();
  }
  return { parameters, defaults };
}

/**
 * How far a default goes: one `${…}` or `$(…)`, or up to the next space outside of quotes. By hand, since the
 * pattern that says the same takes exponential time on hostile text.
 */
function defaultLength(text: string): number {
  const whole = /^(?:\$\{[^}]*\}|\$\([^)]*\))(?=\s|$)/.exec(text);
  if (whole !== null) return whole[0].length;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (/\s/.test(character)) {
      return at;
    } else if ((character === "'" || character === '"') && text.includes(character, at + 1)) {
      quote = character;
    }
  }
  return text.length;
}
