import { str } from "../expression/text.ts";
import { shown } from "../urdf-values.ts";
import { emptyElement, type XmlElement } from "../xml-tree.ts";
import { type ExpandContent, type Expansion, type Place, type Target, XacroFault } from "./expansion.ts";
import { includeFiles } from "./includes.ts";
import { callMacro, defineMacro } from "./macro-calls.ts";
import { defineProperty } from "./properties.ts";

/** The expander of one run: puts what is inside an element, expanded, into another. */
export function createExpander(run: Expansion): ExpandContent {
  const expandContent: ExpandContent = (source, target, place) => {
    const { texts, children } = source;
    let piece = 0;
    for (let i = 0; i <= children.length; i += 1) {
      for (let text = texts[piece]; text !== undefined && text.before <= i; text = texts[piece]) {
        piece += 1;
        const said = text.text;
        const value = text.isCdata
          ? said
          : run.within(source, "text", () => run.texts.text(said, place.scope));
        run.count(source, value.length);
        if (/\S/.test(value)) {
          target.into.texts.push({ text: value, before: target.into.children.length, isCdata: text.isCdata });
        }
      }
      const child = children[i];
      if (child !== undefined) expandChild(run, child, target, place, expandContent);
    }
  };
  return expandContent;
}

function expandChild(
  run: Expansion,
  xml: XmlElement,
  target: Target,
  place: Place,
  expandContent: ExpandContent,
): void {
  if (!xml.name.startsWith("xacro:")) {
    copyElement(run, xml, xml.name, target, place, expandContent);
    return;
  }
  run.count(xml, 0);
  switch (xml.name) {
    case "xacro:property":
      defineProperty(run, xml, place.scope);
      return;
    case "xacro:macro":
      defineMacro(run, xml, place.macros);
      return;
    case "xacro:include":
      includeFiles(run, xml, place, target, expandContent);
      return;
    case "xacro:arg":
      declareArgument(run, xml, place);
      return;
    case "xacro:if":
    case "xacro:unless": {
      run.checkAttributes(xml, ["value"]);
      run.required(xml, "value");
      const holds = run.boolean(xml, "value", place.scope, false);
      if (holds !== (xml.name === "xacro:if")) return;
      run.enter(xml);
      expandContent(xml, { into: target.into, home: null }, place);
      run.leave();
      return;
    }
    case "xacro:insert_block":
      insertBlock(run, xml, target, place, expandContent);
      return;
    case "xacro:element": {
      const name = run.text(xml, "xacro:name", place.scope);
      checkName(run, xml, name);
      copyElement(run, xml, name, target, place, expandContent);
      return;
    }
    case "xacro:attribute":
      setAttribute(run, xml, target, place);
      return;
    default:
      callMacro(run, xml, place, target, expandContent);
  }
}

/** An element that is not xacro's, with its attributes and content evaluated. */
export function copyElement(
  run: Expansion,
  xml: XmlElement,
  name: string,
  target: Target,
  place: Place,
  expandContent: ExpandContent,
): void {
  const copy = emptyElement(name, { line: xml.line, file: xml.file, via: xml.via ?? run.via });
  copyAttributes(run, xml, copy, place);
  target.into.children.push(copy);
  run.enter(xml);
  expandContent(xml, { into: copy, home: copy }, place);
  run.leave();
}

/** All but xacro's own. */
export function copyAttributes(run: Expansion, from: XmlElement, into: XmlElement, place: Place): void {
  let characters = 0;
  for (const [name, text] of from.attributes) {
    if (name.startsWith("xacro:") || name === "xmlns:xacro") continue;
    const value = run.within(from, name, () => run.texts.text(text, place.scope));
    characters += name.length + value.length;
    into.attributes.set(name, value);
  }
  run.count(from, characters);
}

function declareArgument(run: Expansion, xml: XmlElement, place: Place): void {
  run.checkAttributes(xml, ["name", "default"]);
  const name = run.required(xml, "name");
  run.declared.add(name);
  if (!run.args.has(name)) run.args.set(name, run.text(xml, "default", place.scope));
}

function insertBlock(
  run: Expansion,
  xml: XmlElement,
  target: Target,
  place: Place,
  expandContent: ExpandContent,
): void {
  run.checkAttributes(xml, ["name"]);
  const name = run.required(xml, "name");
  const content = place.scope.block(`**${name}`);
  const whole = content === undefined ? place.scope.block(`*${name}`) : undefined;
  if (content !== undefined) {
    run.enter(xml);
    expandContent(content, { into: target.into, home: null }, place);
    run.leave();
  } else if (whole !== undefined) {
    copyElement(run, whole, whole.name, target, place, expandContent);
  } else {
    const right = 'define it as <xacro:property name="…"> or as a parameter *name';
    throw run.fault(xml, `there is no block "${shown(name)}"; ${right}`);
  }
}

function setAttribute(run: Expansion, xml: XmlElement, target: Target, place: Place): void {
  run.checkAttributes(xml, ["name", "value"]);
  const name = run.text(xml, "name", place.scope);
  checkName(run, xml, name);
  const value = run.value(xml, "value", place.scope);
  if (target.home === null) {
    run.warn(
      xml,
      "is lost, as in xacro: it holds for the element right around it only, not through an if or a macro",
    );
    return;
  }
  const text = run.within(xml, "value", () => str(value, run.work));
  run.count(xml, text.length);
  target.home.attributes.set(name, text);
}

/** Names of elements and attributes that were computed must be such as XML has. */
function checkName(run: Expansion, xml: XmlElement, name: string): void {
  if (/^[\p{L}_][\p{L}\p{N}_.:-]*$/u.test(name)) {
    if (!name.startsWith("xacro:")) return;
    throw new XacroFault(run.label(xml), `"${shown(name)}" cannot be made: its prefix is xacro's own`);
  }
  throw new XacroFault(run.label(xml), `"${shown(name)}" is no name that XML allows; begin with a letter`);
}
