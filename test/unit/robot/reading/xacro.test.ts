import { describe, expect, it } from "vitest";
import { isXacro, parseXacro } from "../../../../src/robot/reading/xacro/parse-xacro.ts";
import { noFiles, type XacroFiles } from "../../../../src/robot/reading/xacro/xacro-files.ts";
import { cpuMs } from "../../../support/cpu-time.ts";

/** Files of a map; addresses are names. */
function filesOf(texts: Readonly<Record<string, string>>): XacroFiles {
  return {
    ...noFiles,
    read: (path) => {
      const value = texts[path];
      return value === undefined ? { ok: false, reason: "there is no such file", path } : { ok: true, value };
    },
    findPackage: (name) => (name === "known" ? "/share/known" : null),
  };
}

function xacro(inside: string): string {
  return `<robot name="r" xmlns:xacro="http://www.ros.org/wiki/xacro">\n${inside}</robot>`;
}

/** The first error, as `file:line element: message`. */
function refusal(inside: string, texts: Readonly<Record<string, string>> = {}): string {
  const { findings, description } = parseXacro(xacro(inside), filesOf(texts));
  expect(description).toBeNull();
  const error = findings.find((one) => one.severity === "error");
  return `${error?.file ?? ""}:${error?.line} ${error?.element}: ${error?.message}`;
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: ${…} is the very thing that is tested.
describe("a text", () => {
  it("is xacro by its elements, or by a prefix that is declared and used", () => {
    expect(isXacro('<robot><xacro:include filename="x"/></robot>')).toBe(true);
    expect(isXacro(xacro('<link name="${1}"/>'))).toBe(true);
    expect(isXacro(xacro('<link name="a"/>'))).toBe(false);
    expect(isXacro('<robot name="${x}"/>')).toBe(false);
  });
});

describe("a fault in xacro", () => {
  it.each([
    ['<link name="${a + 1}"/>', ':2 link "${a + 1}": name: ${a + 1}: the name "a" is not defined'],
    ['\n<link name="${1 +}"/>', ':3 link "${1 +}": name: ${1 +}: a value should stand where the end is'],
    ["<a>\n${1 / 0}</a>", ":2 a: text: ${1 / 0}: division by zero"],
    ['<link name="${"/>', ':2 link "${": name: "${" is opened and not closed'],
    ["<xacro:nothing/>", ':2 xacro:nothing: there is no macro "nothing"; no macro is defined before this'],
    ['<xacro:macro name="leg"/><xacro:lag/>', ':2 xacro:lag: there is no macro "lag"; there are leg'],
    [
      '<xacro:macro name="m" params="a b"/>\n<xacro:m a="1"/>',
      ":3 xacro:m: parameter b of macro m is missing; give it",
    ],
    [
      '<xacro:macro name="m" params="a"/>\n<xacro:m b="1"/>',
      ":3 xacro:m: macro m has no parameter b left to set; it has a",
    ],
    ['<xacro:macro name="m" params="*b"/>\n<xacro:m/>', ":3 xacro:m: a block for *b is missing"],
    [
      '<xacro:macro name="m" params=""/>\n<xacro:m><x/></xacro:m>',
      ":3 xacro:m: macro m has no use for the block <x>",
    ],
    [
      '<xacro:macro name="m" params="a:=^"/>\n<xacro:m/>',
      ":3 xacro:m: parameter a of macro m is missing; and there is no property of that name to forward",
    ],
    ['<xacro:if value="maybe"/>', ':2 xacro:if: value="maybe" is "maybe"; it should be true or false'],
    ["<xacro:if/>", ":2 xacro:if: value is missing"],
    ['<xacro:insert_block name="b"/>', ':2 xacro:insert_block "b": there is no block "b"'],
    ['<xacro:property name="for" value="1"/>', ':2 xacro:property "for": "for" is no name of a property'],
    [
      '<xacro:property name="a" value="1" default="2"/>',
      ':2 xacro:property "a": of value, default and remove only one',
    ],
    [
      '<xacro:property name="a" value="1" scope="parent"/>',
      ':2 xacro:property "a": scope="parent" has no meaning here',
    ],
    ['<xacro:arg name="a"/>', ':2 xacro:arg "a": default is missing'],
    ['<a b="$(arg c)"/>', ':2 a: b: $(arg c): there is no argument "c"; declare it as <xacro:arg name="c"'],
    ['<a b="$(find nothing)"/>', ':2 a: b: $(find nothing): package "nothing" is not known'],
    ['<a b="$(env NOTHING)"/>', ":2 a: b: $(env NOTHING): the environment has no NOTHING"],
    ['<a b="$(sh ls)"/>', ":2 a: b: $(sh ls) is not known; there are arg, find"],
    ['<xacro:element xacro:name="1 2"/>', ':2 xacro:element: "1 2" is no name that XML allows'],
    ['<xacro:include filename="gone.xacro"/>', ":2 xacro:include: gone.xacro: there is no such file"],
    [
      "<a b=\"${xacro.fatal('too small')}\"/>",
      ":2 a: b: ${xacro.fatal('too small')}: the file itself says: too small",
    ],
    [
      '<xacro:property name="a" value="${b}"/><xacro:property name="b" value="${a}"/>\n<x y="${a}"/>',
      ':3 x: y: ${a}: property "a" is defined by itself',
    ],
  ])("%s has its line, element and what would be right", (inside, message) => {
    expect(refusal(inside)).toContain(message);
  });

  it("is told in the file and line where it stands, with the calls that led there", () => {
    const texts = {
      "macros.xacro": `<robot xmlns:xacro="x">
<xacro:macro name="outer" params="size">
  <xacro:inner size="\${size}"/>
</xacro:macro>
<xacro:macro name="inner" params="size">
  <link name="l">
    <visual><geometry><box size="\${sizes}"/></geometry></visual></link>
</xacro:macro></robot>`,
    };
    expect(refusal('<xacro:include filename="macros.xacro"/>\n\n<xacro:outer size="1"/>', texts)).toBe(
      'macros.xacro:7 box: size: ${sizes}: the name "sizes" is not defined ' +
        "(macro inner, called in macros.xacro line 3; macro outer, called in line 4)",
    );
  });

  it("of what comes out names the xacro file, too", () => {
    const texts = {
      "leg.xacro": `<robot xmlns:xacro="x"><xacro:macro name="leg" params="n">
<link name="leg_\${n}"/>
<joint name="hip_\${n}" type="revolute"><parent link="base"/><child link="leg_\${n}"/>
  <limit lower="\${n}" upper="0" velocity="1" effort="1"/></joint></xacro:macro></robot>`,
    };
    const inside = '<xacro:include filename="leg.xacro"/><link name="base"/>\n<xacro:leg n="2"/>';
    expect(refusal(inside, texts)).toBe(
      'leg.xacro:4 joint "hip_2" > limit: lower (2) is above upper (0); lower should be the smaller (macro leg, called in line 3)',
    );
  });

  it("in an included file's XML is told with that file and line", () => {
    expect(refusal('<xacro:include filename="b.xacro"/>', { "b.xacro": "<robot>\n<link></robot>" })).toMatch(
      /^b\.xacro:2 document: not well-formed XML: .*\(included in line 2\)$/,
    );
  });
});

describe("a hostile xacro file", () => {
  const deep = "nested deeper than 600";
  it.each([
    ["a macro that calls itself", '<xacro:macro name="m"><xacro:m/></xacro:macro><xacro:m/>', deep],
    [
      "macros that call each other",
      '<xacro:macro name="a"><xacro:b/></xacro:macro><xacro:macro name="b"><xacro:a/></xacro:macro><xacro:a/>',
      deep,
    ],
    [
      "a file that includes itself",
      '<xacro:include filename="self.xacro"/>',
      "include one another more than 40",
    ],
    [
      "a lambda that calls itself",
      '<xacro:property name="f" value="${lambda n: f(n)}"/><a b="${f(1)}"/>',
      "more than 60 deep",
    ],
    ["a text that doubles", "<a b=\"${'x' * 10 ** 9}\"/>", "a text is too long"],
    ["a list that doubles", '<a b="${[0] * 10 ** 9}"/>', "more than 100000 members"],
    ["a range without end", '<a b="${range(10 ** 12)}"/>', "more than 100000 members"],
    ["a number without end", '<a b="${9 ** 9 ** 9}"/>', "an int is too large"],
    [
      "a comprehension that multiplies",
      `<a b="\${[1 ${"for x in range(1000) ".repeat(6)}]}"/>`,
      "more than 100000 members",
    ],
    [
      "a loop that makes nothing",
      `<a b="\${[1 ${"for x in range(9999) ".repeat(6)} if 0]}"/>`,
      "more work than any robot's",
    ],
    ["brackets without end", `<a b="\${${"(".repeat(5_000)}}"/>`, "nested deeper than 60"],
    ["signs without end", `<a b="\${${"-".repeat(5_000)}1}"/>`, "nested deeper than 60"],
  ])("is refused in a moment: %s", (_, inside, message) => {
    const began = cpuMs();
    expect(refusal(inside, { "self.xacro": xacro('<xacro:include filename="self.xacro"/>') })).toContain(
      message,
    );
    expect(cpuMs() - began).toBeLessThan(5000);
  });

  it("is refused in a moment when its macros multiply (a billion links by ten macros)", () => {
    const macros = Array.from({ length: 10 }, (_, i) => {
      const calls = i === 0 ? '<link name="l"/>' : `<xacro:m${i - 1}/>`.repeat(10);
      return `<xacro:macro name="m${i}">${calls}</xacro:macro>`;
    });
    const began = cpuMs();
    expect(refusal(`${macros.join("")}<xacro:m9/>`)).toMatch(/more than 200000 elements|more work than any/);
    expect(cpuMs() - began).toBeLessThan(5000);
  });

  it("is refused in a moment when its properties multiply", () => {
    const lines = Array.from({ length: 30 }, (_, i) =>
      i === 0
        ? '<xacro:property name="p0" value="xxxxxxxxxx"/>'
        : `<xacro:property name="p${i}" value="${`\${p${i - 1}}`.repeat(10)}"/>`,
    );
    const began = cpuMs();
    expect(refusal(`${lines.join("")}<a b="\${p29}"/>`)).toContain("a text has more than 100000 characters");
    expect(cpuMs() - began).toBeLessThan(5000);
  });

  it.each([
    "len(s)",
    "s + 'x'",
    "s == t",
    "s &lt; t",
    "s.count('a')",
    "s.replace('a', 'b')",
    "s.split('a')",
    "s.upper()",
    "s[::-1]",
    "'b' in s",
    "list(s)",
    "str([s])",
    "python.repr(s)",
    "'%s%f' % (s, 1e300)",
    "int(d)",
    "float('1' * 300)",
    "d",
    "n + n",
    "n * n // 3",
    "n ** 1",
    "str(n)",
    "gcd(n, n - 1)",
    "factorial(1000)",
    "round(0.1, 50)",
    "list(l)",
    "l[1:]",
    "l == m",
    "sorted(l)",
    "min(l)",
    "0 in l",
    "python.sum(l)",
    "list(python.zip(l, l))",
    "list(python.enumerate(l))",
    "','.join(w)",
    "[x for x in l if 0]",
  ])("is refused in seconds when it asks for %s without end", (expression) => {
    const properties =
      `<xacro:property name="s" value="\${'a' * 49999}"/><xacro:property name="t" value="\${'a' * 49998 + 'c'}"/>
<xacro:property name="d" value="\${'9' * 4000}" /><xacro:property name="n" value="\${10 ** 2000 + 7}"/>
<xacro:property name="l" value="\${[1] * 99999}"/><xacro:property name="m" value="\${[1] * 99998 + [2]}"/>
<xacro:property name="w" value="\${['aa'] * 30000}"/>`.replace("python.", "");
    const loops = "for i in k for j in k for o in k";
    const inside = `${properties}<xacro:property name="k" value="\${range(300)}"/><a b="\${[0 ${loops} if [${expression}] and 0]}"/>`;
    const began = cpuMs();
    expect(refusal(inside.replace("range(", "python.range("))).toContain("more work than any");
    expect(cpuMs() - began).toBeLessThan(10_000);
  });

  it("reaches nothing through names: no prototype, no constructor, no double underscore", () => {
    for (const expression of [
      "constructor",
      "toString",
      "__proto__",
      "''.constructor",
      "x.__class__",
      "math.constructor",
      "python.__proto__",
      "dict(a=1).constructor",
      "[].__class__",
      "this",
      "globalThis",
      "process",
    ]) {
      expect(refusal(`<a b="\${${expression}}"/>`), expression).toMatch(/:2 a: b: /);
    }
  });
});

describe("xacro that is odd", () => {
  it("is read with a warning", () => {
    const { findings, description } = parseXacro(
      xacro(`<link name="a"/><xacro:property name="pi" value="3"/>
<xacro:arg name="x" default="1" optional="yes"/>
<xacro:macro name="m"><xacro:attribute name="k" value="v"/></xacro:macro><gazebo><xacro:m/></gazebo>
<gazebo>\${xacro.warning('look', 5)}</gazebo>`),
      noFiles,
      new Map([["unknown", "1"]]),
    );
    expect(description?.links).toHaveLength(1);
    expect(findings.map((f) => `${f.line} ${f.severity} ${f.element}: ${f.message}`)).toEqual([
      '1 warning robot "r": no <xacro:arg> is named "unknown", so it changes nothing',
      '2 warning xacro:property "pi": pi has a meaning of its own in expressions; choose another name',
      '3 warning xacro:arg "x": unknown attribute optional is ignored; there are name, default',
      expect.stringMatching(/^4 warning xacro:attribute "k": is lost, as in xacro/),
      "5 warning gazebo: warning: look 5",
    ]);
  });

  it("gives the expanded URDF as text that reads the same again", () => {
    const inside =
      '<xacro:property name="t" value="a &lt; &quot;b&quot; &amp; c"/><link name="${t}"/>\n<gazebo>${t}<![CDATA[x < y ]]></gazebo>';
    const { urdf, description } = parseXacro(xacro(inside), noFiles);
    expect(description?.links[0]?.name).toBe('a < "b" & c');
    const again = parseXacro(urdf ?? "", noFiles);
    expect(again.description).toEqual(description);
    expect(urdf).toContain("<![CDATA[x < y ]]>");
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: ${…} is the very thing that is tested.
