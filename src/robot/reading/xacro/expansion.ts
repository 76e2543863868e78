import { ExpressionFault } from "../expression/fault.ts";
import { readInt } from "../expression/text.ts";
import { isTrue, type Value } from "../expression/values.ts";
import { Work } from "../expression/work.ts";
import type { Labelled, UrdfFindings } from "../urdf-findings.ts";
import { shown } from "../urdf-values.ts";
import { type MacroCall, type XmlElement, xmlBounds } from "../xml-tree.ts";
import type { MacroTable } from "./macro.ts";
import type { Scope } from "./scope.ts";
import { TextEvaluator } from "./text-evaluator.ts";
import type { XacroFiles } from "./xacro-files.ts";
import { createXacroFunctions } from "./xacro-functions.ts";

/** Where names are looked up. */
export type Place = { scope: Scope; macros: MacroTable };

/** Where what comes out is put; `home` is what <xacro:attribute> changes, null where xacro loses it. */
export type Target = { into: XmlElement; home: XmlElement | null };

/** Expands what is inside `source`; handed to those who expand macros and includes. */
export type ExpandContent = (source: XmlElement, target: Target, place: Place) => void;

/** A fault that ends the expansion; caught where the findings are handed out. */
export class XacroFault extends Error {
  readonly at: Labelled;
  constructor(at: Labelled, message: string) {
    super(message);
    this.at = at;
  }
}

/** Steps of work a file may cost; ten times what the largest robots need, a second or two here. */
const workUnits = 5_000_000;

/** Elements, conditionals and macro calls in one another; xacro itself ends at about 230 calls of a macro with an if. */
const deepest = 600;

/** What one run of xacro knows beside names: files, arguments, where it stands, and what it may still cost. */
export class Expansion {
  readonly files: XacroFiles;
  readonly findings: UrdfFindings;
  readonly args: Map<string, string>;
  readonly declared = new Set<string>();
  readonly work = new Work(workUnits);
  readonly texts: TextEvaluator;
  /** The file that is being read, for relative addresses; not that of a macro's body. */
  file: string | null = null;
  includeDepth = 0;
  via: MacroCall | null = null;
  #elements = 0;
  #characters = 0;
  #depth = 0;
  #current: Labelled | null = null;

  constructor(files: XacroFiles, args: ReadonlyMap<string, string>, findings: UrdfFindings) {
    this.files = files;
    this.findings = findings;
    this.args = new Map(args);
    const around = {
      argument: (name: string) => this.args.get(name),
      findPackage: (name: string) => files.findPackage(name),
      environment: (name: string) => files.environment(name),
      folder: () => files.folderOf(this.file),
      loadYaml: (path: string) => this.#loadYaml(path),
      absolute: (path: string) => files.resolve(path, this.file),
      tell: (message: string) => this.#tell(message),
    };
    this.texts = new TextEvaluator(
      { ...around, xacroFunctions: createXacroFunctions(around, this.work) },
      this.work,
    );
  }

  /** The element with its words, standing where the present macro call puts it. */
  label(xml: XmlElement): Labelled {
    const name = xml.attributes.get("name");
    const label = name === undefined ? shown(xml.name) : `${shown(xml.name)} "${shown(name)}"`;
    return { xml: { ...xml, via: xml.via ?? this.via }, label };
  }

  fault(xml: XmlElement, message: string): XacroFault {
    return new XacroFault(this.label(xml), message);
  }

  warn(xml: XmlElement, message: string): void {
    this.findings.warning(this.label(xml), message);
  }

  /** Runs `evaluate`; its fault becomes one of this element. `what` says which part of it. */
  within<T>(xml: XmlElement, what: string, evaluate: () => T): T {
    this.#current = { xml, label: "" };
    try {
      return evaluate();
    } catch (thrown) {
      if (!(thrown instanceof ExpressionFault)) throw thrown;
      throw this.fault(xml, what === "" ? thrown.message : `${what}: ${thrown.message}`);
    }
  }

  value(xml: XmlElement, attribute: string, scope: Scope): Value {
    const text = this.required(xml, attribute);
    return this.within(xml, attribute, () => this.texts.value(text, scope));
  }

  text(xml: XmlElement, attribute: string, scope: Scope): string {
    const text = this.required(xml, attribute);
    return this.within(xml, attribute, () => this.texts.text(text, scope));
  }

  required(xml: XmlElement, attribute: string): string {
    const text = xml.attributes.get(attribute);
    if (text !== undefined) return text;
    throw this.fault(xml, `${attribute} is missing; give it as ${attribute}="…"`);
  }

  /** xacro's booleans: true, false, an int, or what an expression gives. `otherwise` when it is left out. */
  boolean(xml: XmlElement, attribute: string, scope: Scope, otherwise: boolean): boolean {
    const said = xml.attributes.get(attribute);
    if (said === undefined) return otherwise;
    const value = this.value(xml, attribute, scope);
    if (typeof value !== "string") return isTrue(value);
    if (value === "true" || value === "True") return true;
    if (value === "false" || value === "False") return false;
    const number = readInt(value);
    if (number !== null) return number !== 0n;
    throw this.fault(
      xml,
      `${attribute}="${shown(said)}" is "${shown(value)}"; it should be true or false, 1 or 0`,
    );
  }

  /** Warns of attributes that xacro's own elements do not have. */
  checkAttributes(xml: XmlElement, known: readonly string[]): void {
    for (const name of xml.attributes.keys()) {
      if (known.includes(name) || name.startsWith("xmlns")) continue;
      this.warn(xml, `unknown attribute ${shown(name)} is ignored; there are ${known.join(", ")}`);
    }
  }

  /** Counts what is made; a hostile file makes itself larger with every macro. */
  count(xml: XmlElement, characters: number): void {
    this.#elements += 1;
    this.#characters += characters;
    this.within(xml, "", () => this.work.spend(8 + characters / 32));
    if (this.#elements > xmlBounds.elements) {
      throw this.fault(xml, `more than ${xmlBounds.elements} elements come out`);
    }
    if (this.#characters > xmlBounds.characters) {
      throw this.fault(xml, `more than ${xmlBounds.characters} characters come out`);
    }
  }

  /** One level deeper, until `leave`. Not a function around a function: each level would take twice the stack. */
  enter(xml: XmlElement): void {
    if (this.#depth >= deepest) {
      throw this.fault(
        xml,
        `elements and macro calls are nested deeper than ${deepest}; does a macro call itself?`,
      );
    }
    this.#depth += 1;
  }

  leave(): void {
    this.#depth -= 1;
  }

  #loadYaml(path: string): unknown {
    const address = this.files.resolve(path, this.file);
    const read = this.files.readYaml(address, (_, text) => this.texts.number(text));
    if (read.ok) return read.value;
    throw new ExpressionFault(`${read.path === "" ? address : read.path}: ${read.reason}`);
  }

  #tell(message: string): void {
    if (this.#current !== null) this.warn(this.#current.xml, message);
  }
}
