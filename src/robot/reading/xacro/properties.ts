import { isIdentifier } from "../expression/tokens.ts";
import { shown } from "../urdf-values.ts";
import type { XmlElement } from "../xml-tree.ts";
import type { Expansion } from "./expansion.ts";
import type { Scope } from "./scope.ts";

/** <xacro:property name value|default|remove scope lazy_eval>, or a block between its tags. */
export function defineProperty(run: Expansion, xml: XmlElement, scope: Scope): void {
  run.checkAttributes(xml, ["name", "value", "default", "remove", "scope", "lazy_eval"]);
  const name = run.text(xml, "name", scope);
  if (!isIdentifier(name) || name.startsWith("__")) {
    throw run.fault(
      xml,
      `"${shown(name)}" is no name of a property: letters, digits and _, no word of Python`,
    );
  }
  const isRemoved = run.boolean(xml, "remove", scope, false);
  const given = xml.attributes.get("value");
  const otherwise = xml.attributes.get("default");
  const ways = [given !== undefined, otherwise !== undefined, isRemoved].filter(Boolean).length;
  if (ways > 1) throw run.fault(xml, "of value, default and remove only one may be given");
  if (isRemoved && scope.has(name)) {
    scope.remove(name);
    return;
  }
  if (otherwise !== undefined && (scope.has(name) || run.texts.isGlobal(name))) return;
  const where = xml.attributes.get("scope");
  const target = targetOf(run, xml, scope, where, otherwise !== undefined);
  const text = given ?? otherwise;
  if (text === undefined) {
    target.setBlock(`**${name}`, xml);
    return;
  }
  if (run.texts.isGlobal(name))
    run.warn(xml, `${name} has a meaning of its own in expressions; choose another name`);
  // What goes into another scope is evaluated where it is said.
  const isLazy = target === scope && where === undefined && run.boolean(xml, "lazy_eval", scope, true);
  const value = isLazy ? text : run.within(xml, "value", () => run.texts.value(text, scope));
  target.set(name, value, isLazy);
}

function targetOf(
  run: Expansion,
  xml: XmlElement,
  scope: Scope,
  where: string | undefined,
  isDefault: boolean,
): Scope {
  if (where === undefined) return scope;
  if (isDefault) run.warn(xml, "a default holds in its own scope only, beside what scope says");
  if (where === "global") return scope.top;
  if (where !== "parent") {
    run.warn(xml, `scope="${shown(where)}" is ignored; there are parent and global`);
    return scope;
  }
  const outer = scope.outer;
  if (outer === null)
    throw run.fault(xml, 'scope="parent" has no meaning here: this is the outermost; leave it out');
  return outer;
}
