import { shown } from "../urdf-values.ts";
import { faultPlace, readXml, type XmlElement } from "../xml-tree.ts";
import { type ExpandContent, type Expansion, type Place, type Target, XacroFault } from "./expansion.ts";
import { MacroTable } from "./macro.ts";

/** Files may include one another this deep. */
const deepestInclude = 40;

/** <xacro:include filename ns optional>: what is in the file's outermost element comes here. */
export function includeFiles(
  run: Expansion,
  xml: XmlElement,
  place: Place,
  target: Target,
  expandContent: ExpandContent,
): void {
  run.checkAttributes(xml, ["filename", "ns", "optional"]);
  if (xml.children.length > 0) run.warn(xml, "what is inside an include is ignored; remove it");
  const inner = innerPlace(run, xml, place);
  const isOptional = run.boolean(xml, "optional", place.scope, false);
  const filename = run.text(xml, "filename", place.scope);
  const address = run.files.resolve(filename, run.file);
  const isPattern = /[*?[]/.test(address);
  const addresses = isPattern ? run.files.list(address) : [address];
  if (addresses.length === 0) run.warn(xml, `no file fits the pattern ${shown(filename)}`);
  for (const one of addresses) includeFile(run, xml, one, isOptional, inner, target, expandContent);
}

function innerPlace(run: Expansion, xml: XmlElement, place: Place): Place {
  if (!xml.attributes.has("ns")) return place;
  const ns = run.text(xml, "ns", place.scope);
  if (ns === "") return place;
  const inner: Place = { macros: new MacroTable(null), scope: place.scope.inner("namespace") };
  place.macros.setSpace(ns, inner.macros);
  place.scope.setSpace(ns, inner.scope);
  return inner;
}

function includeFile(
  run: Expansion,
  xml: XmlElement,
  address: string,
  isOptional: boolean,
  place: Place,
  target: Target,
  expandContent: ExpandContent,
): void {
  const read = run.files.read(address);
  if (!read.ok) {
    if (isOptional) return;
    throw run.fault(xml, `${read.path === "" ? address : read.path}: ${read.reason}`);
  }
  if (run.includeDepth >= deepestInclude) {
    throw run.fault(
      xml,
      `files include one another more than ${deepestInclude} deep; does one include itself?`,
    );
  }
  run.within(xml, "", () => run.work.spend(read.value.length / 8));
  const reading = readXml(read.value, address);
  if (reading.fault !== null) {
    const { fault } = reading;
    const place = { ...xml, file: address, line: fault.line, via: null };
    throw new XacroFault(
      { xml: place, label: "document" },
      `${fault.message} (included in line ${xml.line})`,
    );
  }
  const { root, warnings } = reading;
  for (const warning of warnings) run.findings.warning(faultPlace(warning, address), warning.message);
  const { file } = run;
  run.file = address;
  run.includeDepth += 1;
  run.enter(xml);
  expandContent(root, { into: target.into, home: null }, place);
  run.leave();
  run.includeDepth -= 1;
  run.file = file;
  importNamespaces(run, root, target.into, xml);
}

/** Declarations of other namespaces move along, so that prefixed names keep their meaning. */
export function importNamespaces(run: Expansion, from: XmlElement, into: XmlElement, at: XmlElement): void {
  for (const [name, value] of from.attributes) {
    if (!name.startsWith("xmlns:") || name === "xmlns:xacro") continue;
    const already = into.attributes.get(name);
    if (already === undefined) into.attributes.set(name, value);
    else if (already !== value) run.warn(at, `${shown(name)} is declared as ${shown(already)} already`);
  }
}
