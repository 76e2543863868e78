import type { Value } from "../expression/values.ts";
import { shown } from "../urdf-values.ts";
import { emptyElement, type XmlElement } from "../xml-tree.ts";
import type { ExpandContent, Expansion, Place, Target } from "./expansion.ts";
import { importNamespaces } from "./includes.ts";
import { type Macro, type MacroTable, parseParameters } from "./macro.ts";
import type { Scope } from "./scope.ts";

/** <xacro:macro name params>: keeps the body until it is called. */
export function defineMacro(run: Expansion, xml: XmlElement, macros: MacroTable): void {
  run.checkAttributes(xml, ["name", "params"]);
  const name = run.required(xml, "name").replace(/^xacro:/, "");
  if (name === "" || name === "call" || name.includes(".")) {
    throw run.fault(xml, `"${shown(name)}" is no name of a macro: not empty, not call, without a point`);
  }
  macros.set({ name, body: xml, ...parseParameters(xml.attributes.get("params") ?? "") });
}

/** Expands <xacro:name …> where `name` is a macro, of a namespace or not. */
export function callMacro(
  run: Expansion,
  xml: XmlElement,
  place: Place,
  target: Target,
  expandContent: ExpandContent,
): void {
  const isDynamic = xml.name === "xacro:call";
  const name = isDynamic ? run.text(xml, "macro", place.scope) : xml.name.slice("xacro:".length);
  const found = resolve(name, place);
  if (found === null) throw run.fault(xml, unknownMacro(name, place.macros));
  const { macro, macros, scope } = found;
  const inner: Place = { scope: scope.inner("macro"), macros: macros.inner() };
  const missing = new Set(macro.parameters);
  for (const [parameter, text] of xml.attributes) {
    if (isDynamic && parameter === "macro") continue;
    if (!missing.delete(parameter)) throw run.fault(xml, unknownParameter(macro, parameter));
    const value = run.within(xml, parameter, () => run.texts.value(text, place.scope));
    inner.scope.set(parameter, value, false);
  }
  takeBlocks(run, xml, place, macro, missing, inner.scope, expandContent);
  for (const parameter of missing) {
    if (parameter.startsWith("*"))
      throw run.fault(xml, `a block for ${parameter} is missing; put an element inside`);
    inner.scope.set(parameter, defaultOf(run, xml, macro, parameter, place.scope), false);
  }
  const { via } = run;
  run.via = { macro: macro.name, file: xml.file, line: xml.line, via };
  run.enter(xml);
  expandContent(macro.body, { into: target.into, home: null }, inner);
  run.leave();
  run.via = via;
  importNamespaces(run, macro.body, target.into, xml);
}

/** `name`, or `space.name`; the scope is that from which the macro sees names: the caller's, or its namespace's. */
function resolve(name: string, place: Place): (Place & { macro: Macro }) | null {
  const plain = place.macros.get(name);
  if (plain !== undefined) return { ...place, macro: plain };
  const spaces = name.split(".");
  const last = spaces.pop() ?? "";
  let { macros, scope }: Place = place;
  for (const space of spaces) {
    const [innerMacros, innerScope] = [macros.space(space), scope.space(space)];
    if (innerMacros === undefined || innerScope === undefined) return null;
    macros = innerMacros;
    scope = innerScope;
  }
  const macro = spaces.length === 0 ? undefined : macros.get(last);
  return macro === undefined ? null : { macros, scope, macro };
}

/** More names would not help. */
const mostNames = 12;

function unknownMacro(name: string, macros: MacroTable): string {
  const names = [...new Set(macros.names())];
  const known =
    names.length === 0
      ? "no macro is defined before this; include the file that defines it"
      : `there are ${names.slice(0, mostNames).map(shown).join(", ")}${names.length > mostNames ? ", …" : ""}`;
  return `there is no macro "${shown(name)}"; ${known}`;
}

function unknownParameter(macro: Macro, parameter: string): string {
  const all = macro.parameters.filter((one) => !one.startsWith("*")).map(shown);
  const right = all.length === 0 ? "it has none" : `it has ${all.join(", ")}`;
  return `macro ${shown(macro.name)} has no parameter ${shown(parameter)} left to set; ${right}`;
}

/** The elements inside the call, expanded in the caller's scope, go to the block parameters in order. */
function takeBlocks(
  run: Expansion,
  xml: XmlElement,
  place: Place,
  macro: Macro,
  missing: Set<string>,
  scope: Scope,
  expandContent: ExpandContent,
): void {
  const holder = emptyElement(xml.name, xml);
  run.enter(xml);
  expandContent(xml, { into: holder, home: null }, place);
  run.leave();
  const blocks = holder.children;
  for (const parameter of macro.parameters) {
    if (!parameter.startsWith("*")) continue;
    const block = blocks.shift();
    if (block === undefined) return;
    missing.delete(parameter);
    scope.setBlock(parameter, block);
  }
  const [unused] = blocks;
  if (unused !== undefined) {
    throw run.fault(
      xml,
      `macro ${shown(macro.name)} has no use for the block <${shown(unused.name)}>; remove it`,
    );
  }
}

function defaultOf(run: Expansion, xml: XmlElement, macro: Macro, parameter: string, scope: Scope): Value {
  const given = macro.defaults.get(parameter);
  return run.within(xml, parameter, () => {
    const forwarded = given?.isForwarded === true ? scope.get(parameter) : undefined;
    if (forwarded !== undefined) return forwarded;
    const text = given?.text ?? null;
    if (text !== null) return run.texts.value(text, scope);
    const remedy =
      given?.isForwarded === true ? "and there is no property of that name to forward" : "give it";
    throw run.fault(xml, `parameter ${shown(parameter)} of macro ${shown(macro.name)} is missing; ${remedy}`);
  });
}
