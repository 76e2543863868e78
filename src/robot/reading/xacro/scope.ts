import { ExpressionFault } from "../expression/fault.ts";
import { readFloat, readInt } from "../expression/text.ts";
import { Namespace, type Value } from "../expression/values.ts";
import type { XmlElement } from "../xml-tree.ts";

/** A property: its value, or the text that is evaluated when it is first used, in the scope where it stands. */
type Slot = { text: string | null; value: Value; isBusy: boolean; home: Scope };

/** Evaluates a property's text in the scope that holds it. */
export type EvaluateText = (text: string, scope: Scope) => Value;

/** The global scope, that of a macro call, or that of an include with `ns`. */
export type ScopeKind = "global" | "macro" | "namespace";

/** Properties and blocks by name. What is not here is looked up in the parent: the caller, or what is around. */
export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | null;
  /** How many scopes are around it. */
  readonly depth: number;
  readonly #evaluate: EvaluateText;
  readonly #slots = new Map<string, Slot>();
  readonly #blocks = new Map<string, XmlElement>();
  readonly #spaces = new Map<string, Scope>();

  constructor(kind: ScopeKind, parent: Scope | null, evaluate: EvaluateText) {
    this.kind = kind;
    this.parent = parent;
    this.depth = parent === null ? 0 : parent.depth + 1;
    this.#evaluate = evaluate;
  }

  inner(kind: "macro" | "namespace"): Scope {
    return new Scope(kind, this, this.#evaluate);
  }

  get top(): Scope {
    let scope: Scope = this;
    while (scope.parent !== null) scope = scope.parent;
    return scope;
  }

  /** Where `scope="parent"` puts a property: around a macro's scope, namespaces are passed over. */
  get outer(): Scope | null {
    let scope = this.parent;
    if (this.kind !== "namespace") while (scope?.kind === "namespace") scope = scope.parent;
    return scope;
  }

  has(name: string): boolean {
    return this.#nearest((scope) => scope.#slots.get(name)) !== undefined;
  }

  /** Undefined when there is no such property. Throws an ExpressionFault when its text cannot be evaluated. */
  get(name: string): Value | undefined {
    const slot = this.#nearest((scope) => scope.#slots.get(name));
    if (slot === undefined) return undefined;
    if (slot.text === null) return slot.value;
    if (slot.isBusy) throw new ExpressionFault(`property "${name}" is defined by itself`);
    slot.isBusy = true;
    slot.value = literal(this.#evaluate(slot.text, slot.home));
    slot.isBusy = false;
    slot.text = null;
    return slot.value;
  }

  /** Sets a property; text that is no literal is evaluated at its first use when `isLazy`. */
  set(name: string, given: Value, isLazy: boolean): void {
    const value = literal(given);
    const text = isLazy && typeof value === "string" ? value : null;
    this.#slots.set(name, { text, value, isBusy: false, home: this });
  }

  /** Removes a property here and in all scopes around. */
  remove(name: string): void {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) scope.#slots.delete(name);
  }

  /** `name` with its star or stars, as in a macro's parameters. */
  setBlock(name: string, block: XmlElement): void {
    this.#blocks.set(name, block);
  }

  block(name: string): XmlElement | undefined {
    return this.#nearest((scope) => scope.#blocks.get(name));
  }

  setSpace(name: string, space: Scope): void {
    this.#spaces.set(name, space);
    this.set(name, new Namespace(name, (member) => space.get(member)), false);
  }

  space(name: string): Scope | undefined {
    return this.#nearest((scope) => scope.#spaces.get(name));
  }

  /** What the nearest scope has, without recursion: macros call one another hundreds deep. */
  #nearest<T>(find: (scope: Scope) => T | undefined): T | undefined {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      const found = find(scope);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Text as xacro stores it: 'quoted' without its quotes, else an int, a float or a boolean where it is one. */
export function literal(value: Value): Value {
  if (typeof value !== "string") return value;
  if (value.length >= 2 && value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1);
  if (value.includes("_")) return value;
  const number = readInt(value) ?? readFloat(value);
  if (number !== null) return number;
  if (value === "true" || value === "True") return true;
  return value === "false" || value === "False" ? false : value;
}
