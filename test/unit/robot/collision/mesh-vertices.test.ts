import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readMeshVertices } from "../../../../src/robot/collision/mesh-vertices.ts";
import { randomFrom } from "../random-from.ts";

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const arm = new Uint8Array(
  readFileSync(new URL("../../../../urdf/meshes/arm_base_shell.stl", import.meta.url)),
);

function verticesOf(text: string, name: string): number[] {
  const read = readMeshVertices(bytesOf(text), name);
  if (!read.ok) throw new Error(`${read.path}: ${read.reason}`);
  return [...read.value];
}

function reasonOf(content: string | Uint8Array, name: string): string {
  const read = readMeshVertices(typeof content === "string" ? bytesOf(content) : content, name);
  return read.ok ? `${read.value.length} numbers` : `${read.path}: ${read.reason}`;
}

const facet = `solid part
  facet normal 0 0 1
    outer loop
      vertex 0 0 0
      vertex 1e-1 0 0
      VERTEX 0 .5 -2.
    endloop
  endfacet
endsolid part
`;

const collada = (body: string, unit = '<unit meter="0.01"/>'): string => `<?xml version="1.0"?>
<COLLADA version="1.4.1"><asset>${unit}<up_axis>Y_UP</up_axis></asset>
<library_geometries><geometry id="g"><mesh>
  <source id="p"><float_array id="pa" count="12">1 2 3 4 5 6 7 8 9 100 100 100</float_array>
    <technique_common><accessor source="#pa" count="4" stride="3"/></technique_common></source>
  <vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
  <triangles count="1"><input semantic="VERTEX" source="#v" offset="0"/><input semantic="NORMAL" source="#n" offset="1"/>
    <p>0 0 1 0 2 0</p></triangles></mesh></geometry></library_geometries>
${body}</COLLADA>`;
const scene = (node: string): string =>
  collada(`<library_visual_scenes><visual_scene id="s">${node}</visual_scene></library_visual_scenes>
  <scene><instance_visual_scene url="#s"/></scene>`);

describe("STL", () => {
  it("is read in binary form, three corners a facet", () => {
    const read = readMeshVertices(arm, "meshes/ARM.STL");
    const facets = new DataView(arm.buffer, arm.byteOffset).getUint32(80, true);
    expect(read.ok && read.value.length).toBe(9 * facets);
  });

  it("is read in text form, and in binary form whose header begins with solid", () => {
    expect(verticesOf(facet, "a.stl")).toEqual([0, 0, 0, 0.1, 0, 0, 0, 0.5, -2]);
    const disguised = arm.slice();
    disguised.set(bytesOf("solid shell"));
    expect(readMeshVertices(disguised, "a.stl")).toEqual(readMeshVertices(arm, "a.stl"));
  });

  it("is refused when it is cut off, empty, no number or no STL", () => {
    expect(reasonOf(arm.subarray(0, 5000), "a.stl")).toContain("the file ends after 5000: it is cut off");
    expect(reasonOf(facet.replace("endsolid part\n", ""), "a.stl")).toContain(
      "it ends without endsolid (3 vert",
    );
    expect(reasonOf(facet.replace("      vertex 0 0 0\n", ""), "a.stl")).toContain(
      "a facet has not three corners",
    );
    expect(reasonOf(facet.replace("1e-1", "0x10"), "a.stl")).toBe(
      'line 5: "vertex 0x10 0 0": a vertex has three numbers',
    );
    expect(reasonOf("solid a\nendsolid a\n", "a.stl")).toContain("the mesh has no vertex");
    expect(reasonOf("", "a.stl")).toContain("at least 84 bytes, this file 0");
    const huge = new Uint8Array(84);
    huge.fill(255, 80);
    expect(reasonOf(huge, "a.stl")).toContain("4294967295 facets need");
    const nan = arm.slice();
    new DataView(nan.buffer).setFloat32(84 + 12, Number.NaN, true);
    expect(reasonOf(nan, "a.stl")).toBe("vertex 0: NaN is no coordinate");
  });
});

describe("OBJ", () => {
  it("gives its v lines, colours left aside", () => {
    const text = "# part\nv 1 2 3\nvt 0 0\r\nv 4 5 6 0.5 0.5 0.5\r\nvn 0 0 1\nf 1 2 1\n";
    expect(verticesOf(text, "a.obj")).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("is refused when a vertex is no vertex, and when there is none", () => {
    expect(reasonOf("v 1 2\n", "a.obj")).toBe('line 1: "v 1 2": a vertex has three numbers');
    expect(reasonOf(`v 1 2 3${" 0".repeat(1000)}\n`, "a.obj")).toContain("line 1");
    expect(reasonOf("f 1 2 3\n", "a.obj")).toContain("no vertex");
  });
});

describe("Collada", () => {
  const near = (actual: readonly number[], wanted: readonly number[]): void => {
    expect(actual).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(actual[i]).toBeCloseTo(value, 12);
  };

  it("gives the positions that its faces use, in metres", () => {
    near(verticesOf(collada(""), "a.dae"), [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09]);
  });

  it("places them by the scene's nodes, one in another, and as often as they are instanced", () => {
    const turned = `<node><translate>10 0 0</translate><node><rotate>0 0 1 90</rotate><scale>2 1 1</scale>
      <instance_geometry url="#g"/></node><instance_geometry url="#g"/></node>`;
    const values = verticesOf(scene(turned), "a.dae");
    expect(values).toHaveLength(18);
    near(values.slice(0, 3), [0.1 - 0.02, 0.02, 0.03]);
    near(values.slice(9, 12), [0.11, 0.02, 0.03]);
    const matrix = `<node><matrix>0 -1 0 5 1 0 0 6 0 0 1 7 0 0 0 1</matrix><instance_geometry url="#g"/></node>`;
    near(verticesOf(scene(matrix), "a.dae").slice(0, 3), [0.03, 0.07, 0.1]);
  });

  it("is refused with the line when something in it does not fit", () => {
    expect(reasonOf(scene('<node><instance_geometry url="#h"/></node>'), "a.dae")).toContain(
      'names "#h", which is no',
    );
    expect(reasonOf(scene("<node><matrix>1 2</matrix></node>"), "a.dae")).toContain(
      "<matrix> has 16 numbers",
    );
    expect(reasonOf(scene('<node><instance_controller url="#c"/></node>'), "a.dae")).toContain(
      "skins and morphs",
    );
    expect(reasonOf(collada("").replace(" 5 6 7", " 5 six 7"), "a.dae")).toContain('"six" is not a number');
    expect(reasonOf(collada("").replace("0 0 1 0 2 0", "0 0 1 0 4 0"), "a.dae")).toContain(
      '"4" is none of the 4',
    );
    expect(reasonOf(collada("").replace('count="4"', 'count="5"'), "a.dae")).toContain(
      "12 numbers are not 5 positions",
    );
    expect(reasonOf(collada("", '<unit meter="-1"/>'), "a.dae")).toContain('meter is "-1"');
    expect(reasonOf("<robot/>", "a.dae")).toContain("<robot>, not <COLLADA>");
    expect(reasonOf("no xml", "a.dae")).toContain("not XML");
  });

  it("ends when nodes instance one another in a ring, or by the million", () => {
    const ring = '<node id="n"><instance_geometry url="#g"/><instance_node url="#n"/></node>';
    expect(reasonOf(scene(ring), "a.dae")).toContain("without end");
    const twice = (i: number): string =>
      `<node id="n${i}">${`<instance_node url="#n${i + 1}"/>`.repeat(2)}</node>`;
    const many = `${Array.from({ length: 30 }, (_, i) => twice(i)).join("")}<node id="n30"/>`;
    expect(reasonOf(scene(many), "a.dae")).toContain("more than 100000 nodes");
  });
});

describe("any mesh file", () => {
  it("of another type is refused", () => {
    expect(reasonOf("x", "a.step")).toContain("no mesh type that is read");
    expect(reasonOf("x", "constructor")).toContain("no mesh type that is read");
    expect(reasonOf("x", "a.__proto__")).toContain("no mesh type that is read");
  });

  it("may be damaged anyhow: it is read or refused, never thrown at", () => {
    const random = randomFrom(21);
    const whole: [string, Uint8Array][] = [
      ["a.stl", arm.subarray(0, 84 + 50 * 20)],
      ["a.stl", bytesOf(facet)],
      ["a.obj", bytesOf("v 1 2 3\nv 4 5 6\nv 7 8 9\nf 1 2 3\n")],
      ["a.dae", bytesOf(scene('<node><translate>1 0 0</translate><instance_geometry url="#g"/></node>'))],
    ];
    let refusals = 0;
    for (let run = 0; run < 4000; run += 1) {
      const [name, original] = random.pick(whole);
      const bytes = original.slice(
        0,
        random.below(4) === 0 ? random.below(original.length) : original.length,
      );
      for (let k = random.below(6); k > 0 && bytes.length > 0; k -= 1)
        bytes[random.below(bytes.length)] = random.below(256);
      const read = readMeshVertices(bytes, name);
      if (!read.ok) refusals += 1;
      else expect(read.value.length > 0 && read.value.every(Number.isFinite)).toBe(true);
      if (!read.ok) expect(read.reason).not.toBe("");
    }
    expect(refusals).toBeGreaterThan(500);
  });
});
