import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { xacroFilesOf } from "../../../../src/io/files/xacro-files.ts";
import { ExpressionFault } from "../../../../src/robot/reading/expression/fault.ts";
import { Work } from "../../../../src/robot/reading/expression/work.ts";
import { expandXacro } from "../../../../src/robot/reading/xacro/parse-xacro.ts";
import { Scope } from "../../../../src/robot/reading/xacro/scope.ts";
import { TextEvaluator } from "../../../../src/robot/reading/xacro/text-evaluator.ts";
import { createXacroFunctions } from "../../../../src/robot/reading/xacro/xacro-functions.ts";
import { readXml, type XmlElement } from "../../../../src/robot/reading/xml-tree.ts";

const folder = fileURLToPath(new URL("../../../truth/xacro/", import.meta.url));
const cases = readdirSync(folder).filter((name) => name.endsWith(".xacro"));
const word = "from the environment";

function expanded(name: string): XmlElement {
  const text = readFileSync(folder + name, "utf8");
  const files = xacroFilesOf(folder + name, (pkg) => `${folder}packages/${pkg}`);
  const environment = (key: string): string | undefined => (key === "XACRO_TRUTH_WORD" ? word : undefined);
  const pairs = (/^<!-{2} args: (.*) -->$/m.exec(text)?.[1]?.split(" ") ?? []).map((one) => one.split(":="));
  const args = new Map(pairs.map(([key = "", value = ""]): [string, string] => [key, value]));
  const { root, findings } = expandXacro(text, { ...files, environment }, args);
  if (root === null) throw new Error(`${name}: ${JSON.stringify(findings.list)}`);
  return root;
}

/** Tree as nested lists: words that are numbers as numbers. */
function shape(xml: XmlElement): unknown {
  const attributes = [...xml.attributes].map(([name, text]): [string, unknown] => [name, words(text)]);
  const { name, children } = xml;
  return [
    name,
    attributes.sort(([a], [b]) => (a < b ? -1 : 1)),
    xml.texts.flatMap((piece) => words(piece.text.trim())),
    children.map(shape),
  ];
}

function words(text: string): unknown[] {
  return text
    .replaceAll(folder.slice(0, -1), "FOLDER")
    .split(/\s+/)
    .map((one) => (one !== "" && Number.isFinite(Number(one)) ? Number(Number(one).toPrecision(13)) : one));
}

describe("the expansion of xacro", () => {
  it.each(cases)("is that of PyPI's xacro for %s", (name) => {
    const truth = readXml(readFileSync(folder + name.replace(".xacro", ".urdf"), "utf8"));
    if (truth.root === null) throw new Error(truth.fault.message);
    expect(shape(expanded(name))).toEqual(shape(truth.root));
  });
});

describe("an expression", () => {
  const truth: { cases: [string, string | null][] } = JSON.parse(
    readFileSync(`${folder}expressions.json`, "utf8"),
  );

  function evaluated(expression: string): string | null {
    const work = new Work(100_000);
    const nothing = {
      argument: () => undefined,
      loadYaml: () => null,
      absolute: (p: string) => p,
      tell: () => {},
    };
    const texts = new TextEvaluator(
      {
        ...nothing,
        findPackage: () => null,
        environment: () => undefined,
        folder: () => "",
        xacroFunctions: createXacroFunctions(nothing, work),
      },
      work,
    );
    const scope = new Scope("global", null, (text, where) => texts.value(text, where));
    const properties = { x: "3", y: "2.5", w: "word", v: "1 2 3", t: "true", neg: "-7" };
    for (const [name, value] of Object.entries(properties)) scope.set(name, value, true);
    try {
      return texts.text(`\${${expression}}`, scope);
    } catch (thrown) {
      if (thrown instanceof ExpressionFault) return null;
      throw thrown;
    }
  }

  it("has the value, or the refusal, that Python gives it, digit by digit but for the last of a float", () => {
    const wrong = truth.cases.flatMap(([expression, right]) => {
      const ours = evaluated(expression);
      return sameText(ours, right) ? [] : [{ expression, ours, right }];
    });
    expect(wrong).toEqual([]);
    expect(truth.cases.length).toBeGreaterThan(250);
  });
});

function sameText(ours: string | null, right: string | null): boolean {
  if (ours === right || ours === null || right === null) return ours === right;
  const [a, b] = [Number(ours), Number(right)];
  // "1" and "1.0" are two texts; only floats may differ, in their last digits.
  return ours.includes(".") && right.includes(".") && Math.abs(a - b) <= 1e-14 * Math.abs(b);
}
