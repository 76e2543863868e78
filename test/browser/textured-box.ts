import { deflateSync } from "node:zlib";

/** Colours that no other part of a page's 3D view has, as red, green, blue. */
export const upper = [220, 0, 220] as const;
export const lower = [0, 190, 190] as const;

const half = 0.2;
const height = 0.4;

type Corner = { at: number[]; normal: number[]; u: number; v: number };

/** The four walls of a box, two triangles each; v = 1 is up. */
const walls: Corner[] = [0, 1, 2, 3].flatMap((side) => {
  const turn = (side * Math.PI) / 2;
  const [c, s] = [Math.round(Math.cos(turn)), Math.round(Math.sin(turn))];
  const corner = (across: number, up: number): Corner => ({
    at: [half * c - across * s, half * s + across * c, up * height],
    normal: [c, s, 0],
    u: (across + half) / (2 * half),
    v: up,
  });
  const [a, b, d, e] = [corner(-half, 0), corner(half, 0), corner(half, 1), corner(-half, 1)];
  return [a, b, d, a, d, e];
});

/** A picture whose upper half has one colour, and its lower half the other. */
export function twoColours(): Buffer {
  const size = 64;
  const rows: number[] = [];
  for (let row = 0; row < size; row += 1) {
    rows.push(0);
    for (let x = 0; x < size; x += 1) rows.push(...(row < size / 2 ? upper : lower));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc(body), body.length + 4);
  return whole;
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** The box as OBJ with its material library, whose plain colour is green. */
export function objBox(library: string, picture: string): { obj: string; mtl: string } {
  const lines = [`mtllib ${library}`, "o box"];
  for (const { at } of walls) lines.push(`v ${at.join(" ")}`);
  for (const { u, v } of walls) lines.push(`vt ${u} ${v}`);
  for (const { normal } of walls) lines.push(`vn ${normal.join(" ")}`);
  lines.push("usemtl paint");
  for (let i = 1; i <= walls.length; i += 3) {
    lines.push(`f ${[i, i + 1, i + 2].map((k) => `${k}/${k}/${k}`).join(" ")}`);
  }
  const colour = picture === "" ? "Kd 0 0.6 0" : `Kd 1 1 1\nmap_Kd ${picture}`;
  return { obj: `${lines.join("\n")}\n`, mtl: `newmtl paint\n${colour}\nKs 0 0 0\n` };
}

/** The box as Collada with a picture as its diffuse colour. */
export function daeBox(picture: string): string {
  const list = (id: string, values: number[], names: string[]) => `<source id="${id}">
    <float_array id="${id}a" count="${values.length}">${values.join(" ")}</float_array><technique_common>
    <accessor source="#${id}a" count="${values.length / names.length}" stride="${names.length}">
    ${names.map((name) => `<param name="${name}" type="float"/>`).join("")}</accessor></technique_common></source>`;
  const p = walls.flatMap((_, i) => [i, i, i]).join(" ");
  return `<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
  <asset><unit name="meter" meter="1"/><up_axis>Z_UP</up_axis></asset>
  <library_images><image id="i"><init_from>${picture}</init_from></image></library_images>
  <library_effects><effect id="e"><profile_COMMON>
    <newparam sid="surface"><surface type="2D"><init_from>i</init_from></surface></newparam>
    <newparam sid="sampler"><sampler2D><source>surface</source></sampler2D></newparam>
    <technique sid="t"><lambert><diffuse><texture texture="sampler" texcoord="UV"/></diffuse></lambert></technique>
  </profile_COMMON></effect></library_effects>
  <library_materials><material id="m"><instance_effect url="#e"/></material></library_materials>
  <library_geometries><geometry id="g"><mesh>
    ${list(
      "p",
      walls.flatMap(({ at }) => at),
      ["X", "Y", "Z"],
    )}${list(
      "n",
      walls.flatMap(({ normal }) => normal),
      ["X", "Y", "Z"],
    )}${list(
      "t",
      walls.flatMap(({ u, v }) => [u, v]),
      ["S", "T"],
    )}
    <vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
    <triangles material="sym" count="${walls.length / 3}"><input semantic="VERTEX" source="#v" offset="0"/>
      <input semantic="NORMAL" source="#n" offset="1"/>
      <input semantic="TEXCOORD" source="#t" offset="2" set="0"/><p>${p}</p></triangles>
  </mesh></geometry></library_geometries>
  <library_visual_scenes><visual_scene id="s"><node id="n"><instance_geometry url="#g"><bind_material><technique_common>
    <instance_material symbol="sym" target="#m"><bind_vertex_input semantic="UV" input_semantic="TEXCOORD" input_set="0"/>
    </instance_material></technique_common></bind_material></instance_geometry></node></visual_scene></library_visual_scenes>
  <scene><instance_visual_scene url="#s"/></scene>
</COLLADA>`;
}

/** The box's numbers as glTF has them: v = 0 is up. */
function gltfNumbers(): Buffer {
  const all = [
    ...walls.flatMap(({ at }) => at),
    ...walls.flatMap(({ normal }) => normal),
    ...walls.flatMap(({ u, v }) => [u, 1 - v]),
  ];
  return Buffer.from(Float32Array.from(all).buffer);
}

/** The box as glTF: `buffer` and `picture` are files beside it; both absent: a GLB with everything inside. */
export function gltfBox(buffer?: string, picture?: string): { file: Buffer; bin: Buffer } {
  const bin = gltfNumbers();
  const inside = picture === undefined ? twoColours() : Buffer.alloc(0);
  const count = walls.length;
  const low = [-half, -half, 0];
  const json = JSON.stringify({
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1, TEXCOORD_0: 2 }, material: 0 }] }],
    materials: [
      { pbrMetallicRoughness: { baseColorTexture: { index: 0 }, metallicFactor: 0, roughnessFactor: 1 } },
    ],
    textures: [{ source: 0 }],
    images: [picture === undefined ? { bufferView: 3, mimeType: "image/png" } : { uri: picture }],
    accessors: [
      { bufferView: 0, componentType: 5126, count, type: "VEC3", min: low, max: [half, half, height] },
      { bufferView: 1, componentType: 5126, count, type: "VEC3" },
      { bufferView: 2, componentType: 5126, count, type: "VEC2" },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: 12 * count },
      { buffer: 0, byteOffset: 12 * count, byteLength: 12 * count },
      { buffer: 0, byteOffset: 24 * count, byteLength: 8 * count },
      ...(picture === undefined ? [{ buffer: 0, byteOffset: 32 * count, byteLength: inside.length }] : []),
    ],
    buffers: [{ byteLength: bin.length + inside.length, ...(buffer === undefined ? {} : { uri: buffer }) }],
  });
  if (buffer !== undefined) return { file: Buffer.from(json), bin };
  const text = padded(Buffer.from(json), 0x20);
  const body = padded(Buffer.concat([bin, inside]), 0);
  const head = Buffer.alloc(20);
  head.write("glTF", 0);
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(28 + text.length + body.length, 8);
  head.writeUInt32LE(text.length, 12);
  head.write("JSON", 16);
  const mark = Buffer.alloc(8);
  mark.writeUInt32LE(body.length, 0);
  mark.write("BIN\0", 4);
  return { file: Buffer.concat([head, text, mark, body]), bin };
}

function padded(bytes: Buffer, filler: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, filler)]);
}
