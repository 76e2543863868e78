import { type Result, refused } from "../../core/result.ts";
import { readXml, textOf, type XmlElement } from "../reading/xml-tree.ts";
import { compose, transformSize, writeIdentity } from "../rigid-transform.ts";
import { asciiOf, meshNumber, mostVertices } from "./mesh-text.ts";

/** Nodes that one scene may come to, instances of instances included. */
const mostNodes = 100_000;
const deepestInstance = 32;
const mostValues = 3 * mostVertices;

/**
 * The positions of all geometries that a Collada file's scene shows (all of its geometries when it has no
 * scene), placed by their nodes, in m by its `<unit>`. `<up_axis>` is left aside, as RViz does. Skins and morphs are
 * refused: their shape is not in the positions alone.
 */
export function readColladaVertices(bytes: Uint8Array): Result<Float64Array> {
  const { root, fault } = readXml(asciiOf(bytes));
  if (root === null) return refused(fault.message, `line ${fault.line}`);
  if (root.name !== "COLLADA")
    return refused(`the file is <${root.name}>, not <COLLADA>`, `line ${root.line}`);
  try {
    return { ok: true, value: new Scene(root).vertices() };
  } catch (thrown) {
    if (thrown instanceof Fault) return refused(thrown.message, `line ${thrown.line}`);
    throw thrown;
  }
}

class Fault extends Error {
  readonly line: number;
  constructor(element: XmlElement, message: string) {
    super(message);
    this.line = element.line;
  }
}

class Scene {
  readonly #root: XmlElement;
  readonly #byId = new Map<string, XmlElement>();
  readonly #out: Float64Array[] = [];
  /** Read once, however often it is instanced. */
  readonly #positions = new Map<XmlElement, Float64Array>();
  #nodes = 0;
  #values = 0;

  constructor(root: XmlElement) {
    this.#root = root;
    const waiting = [root];
    for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
      const id = element.attributes.get("id");
      if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, element);
      for (const child of element.children) waiting.push(child);
    }
  }

  vertices(): Float64Array {
    const start = new Float64Array(transformSize);
    writeIdentity(start, 0);
    const unit = find(this.#root, "asset", "unit");
    const meter = unit?.attributes.get("meter");
    const scale = meter === undefined ? 1 : meshNumber(meter);
    if (unit !== null && !(scale > 0)) throw new Fault(unit, `meter is "${meter}", not a number above 0`);
    for (const k of [0, 4, 8]) start[k] = scale;
    const shown = find(this.#root, "scene", "instance_visual_scene");
    if (shown !== null) {
      const scene = this.#target(shown, "visual_scene");
      for (const node of scene.children) if (node.name === "node") this.#node(node, start, 0);
    } else {
      const library = this.#root.children.filter((child) => child.name === "library_geometries");
      for (const geometry of library.flatMap((one) => one.children)) {
        if (geometry.name === "geometry") this.#geometry(geometry, start);
      }
    }
    const all = new Float64Array(this.#values);
    let at = 0;
    for (const part of this.#out) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #target(instance: XmlElement, name: string): XmlElement {
    const url = instance.attributes.get("url") ?? instance.attributes.get("source") ?? "";
    const found = url.startsWith("#") ? this.#byId.get(url.slice(1)) : undefined;
    if (found?.name === name) return found;
    throw new Fault(instance, `<${instance.name}> names "${url}", which is no <${name}> of this file`);
  }

  #node(node: XmlElement, parent: Float64Array, depth: number): void {
    this.#nodes += 1;
    if (this.#nodes > mostNodes) throw new Fault(node, `the scene comes to more than ${mostNodes} nodes`);
    let here = parent;
    for (const child of node.children) {
      const step = transformOf(child);
      if (step === null) continue;
      const next = new Float64Array(transformSize);
      compose(here, 0, step, 0, next, 0);
      here = next;
    }
    for (const child of node.children) {
      if (child.name === "node") this.#node(child, here, depth);
      else if (child.name === "instance_geometry") this.#geometry(this.#target(child, "geometry"), here);
      else if (child.name === "instance_controller") {
        throw new Fault(child, "skins and morphs are not read; export the mesh as plain geometry");
      } else if (child.name === "instance_node") {
        // An instance may lead back to a node around it.
        if (depth === deepestInstance) throw new Fault(child, "nodes instance one another without end");
        this.#node(this.#target(child, "node"), here, depth + 1);
      }
    }
  }

  #geometry(geometry: XmlElement, place: Float64Array): void {
    const positions = this.#positions.get(geometry) ?? this.#read(geometry);
    this.#positions.set(geometry, positions);
    this.#values += positions.length;
    if (this.#values > mostValues) throw new Fault(geometry, `more than ${mostVertices} vertices`);
    const part = new Float64Array(positions.length);
    for (let i = 0; i < part.length; i += 3) {
      for (let row = 0; row < 3; row += 1) {
        let sum = place[9 + row] as number;
        for (let k = 0; k < 3; k += 1) sum += (place[3 * row + k] as number) * (positions[i + k] as number);
        part[i + row] = sum;
      }
    }
    this.#out.push(part);
  }

  #read(geometry: XmlElement): Float64Array {
    const vertices = find(geometry, "mesh", "vertices");
    const input = vertices?.children.find((child) => child.attributes.get("semantic") === "POSITION");
    if (input === undefined)
      throw new Fault(geometry, "a geometry without <mesh> with positions is not read");
    const source = this.#target(input, "source");
    const array = find(source, "float_array");
    if (array === null) throw new Fault(source, "positions without <float_array>");
    const accessor = find(source, "technique_common", "accessor");
    const text = textOf(array);
    const words = text === "" ? [] : text.split(/\s+/);
    const stride = meshNumber(accessor?.attributes.get("stride") ?? "3");
    const offset = meshNumber(accessor?.attributes.get("offset") ?? "0");
    const told = meshNumber(accessor?.attributes.get("count") ?? String(Math.floor(words.length / stride)));
    const isWhole = [stride, offset, told].every((value) => Number.isInteger(value) && value >= 0);
    if (told > mostVertices) throw new Fault(array, `more than ${mostVertices} vertices`);
    if (!isWhole || stride < 3 || offset + told * stride > words.length) {
      throw new Fault(
        array,
        `${words.length} numbers are not ${told} positions of ${stride} from ${offset} on`,
      );
    }
    // Geometries may share one list of positions, each using a part of it.
    const used = usedPositions(geometry, told);
    const positions = new Float64Array(3 * used.length);
    for (const [i, position] of used.entries()) {
      for (let k = 0; k < 3; k += 1) {
        const word = words[offset + stride * position + k];
        const value = meshNumber(word);
        if (Number.isNaN(value)) throw new Fault(array, `"${word?.slice(0, 80)}" is not a number`);
        positions[3 * i + k] = value;
      }
    }
    return positions;
  }
}

const primitives = ["triangles", "polylist", "polygons", "tristrips", "trifans", "lines", "linestrips"];

/** The positions that the geometry's primitives name, in ascending order. */
function usedPositions(geometry: XmlElement, count: number): number[] {
  const isUsed = new Uint8Array(count);
  const mesh = find(geometry, "mesh");
  for (const primitive of mesh?.children ?? []) {
    if (!primitives.includes(primitive.name)) continue;
    const inputs = primitive.children.filter((child) => child.name === "input");
    const offsets = inputs.map((input) => meshNumber(input.attributes.get("offset") ?? "0"));
    const vertex = inputs.findIndex((input) => input.attributes.get("semantic") === "VERTEX");
    const at = offsets[vertex] ?? Number.NaN;
    const step = Math.max(...offsets) + 1;
    if (!Number.isInteger(at) || !Number.isInteger(step) || at < 0) {
      throw new Fault(primitive, `<${primitive.name}> without an input VERTEX at a whole offset`);
    }
    const lists = primitive.children.flatMap((child) => (child.name === "ph" ? child.children : [child]));
    for (const list of lists.filter(({ name }) => name === "p")) {
      const text = textOf(list);
      const words = text === "" ? [] : text.split(/\s+/);
      for (let i = at; i < words.length; i += step) {
        const index = meshNumber(words[i]);
        if (isUsed[index] === undefined) {
          throw new Fault(list, `"${words[i]?.slice(0, 80)}" is none of the ${count} positions`);
        }
        isUsed[index] = 1;
      }
    }
  }
  const used: number[] = [];
  for (const [i, one] of isUsed.entries()) if (one === 1) used.push(i);
  return used;
}

function find(element: XmlElement, ...names: string[]): XmlElement | null {
  let here: XmlElement | undefined = element;
  for (const name of names) here = here?.children.find((child) => child.name === name);
  return here ?? null;
}

/** A node's transform element as 12 numbers, with scale and shear in the matrix; null for any other element. */
function transformOf(element: XmlElement): Float64Array | null {
  const sizes: Record<string, number> = { matrix: 16, translate: 3, scale: 3, rotate: 4, lookat: 9, skew: 7 };
  const size = Object.hasOwn(sizes, element.name) ? sizes[element.name] : undefined;
  if (size === undefined) return null;
  const values = textOf(element).split(/\s+/).map(meshNumber);
  if (values.length !== size || values.some(Number.isNaN)) {
    throw new Fault(element, `<${element.name}> has ${size} numbers`);
  }
  const [x = 0, y = 0, z = 0, degrees = 0] = values;
  const out = new Float64Array(transformSize);
  writeIdentity(out, 0);
  switch (element.name) {
    case "matrix":
      for (let row = 0; row < 3; row += 1) {
        out.set(values.slice(4 * row, 4 * row + 3), 3 * row);
        out[9 + row] = values[4 * row + 3] as number;
      }
      return out;
    case "translate":
      out.set([x, y, z], 9);
      return out;
    case "scale":
      for (const [k, value] of [x, y, z].entries()) out[4 * k] = value;
      return out;
    case "rotate": {
      const length = Math.hypot(x, y, z);
      if (length > 0) writeTurn(out, x / length, y / length, z / length, (degrees * Math.PI) / 180);
      return out;
    }
    default:
      throw new Fault(element, `<${element.name}> is not read; use <matrix>`);
  }
}

/** Rodrigues' rotation about a unit axis. */
function writeTurn(out: Float64Array, x: number, y: number, z: number, angle: number): void {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const t = 1 - c;
  out.set([t * x * x + c, t * x * y - s * z, t * x * z + s * y]);
  out.set([t * x * y + s * z, t * y * y + c, t * y * z - s * x], 3);
  out.set([t * x * z - s * y, t * y * z + s * x, t * z * z + c], 6);
}
