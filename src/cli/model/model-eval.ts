import { createData, type RobotData } from "../../robot/data.ts";
import { aba } from "../../robot/dynamics/aba.ts";
import { centerOfMass } from "../../robot/dynamics/center-of-mass.ts";
import { crba } from "../../robot/dynamics/crba.ts";
import { kineticEnergy } from "../../robot/dynamics/momentum.ts";
import { potentialEnergy } from "../../robot/dynamics/potential-energy.ts";
import { gravityEfforts, rnea } from "../../robot/dynamics/rnea.ts";
import { forwardKinematics, readLinkPose } from "../../robot/forward-kinematics.ts";
import { frameJacobian } from "../../robot/frame-jacobian.ts";
import type { RobotModel } from "../../robot/model.ts";
import { type ModelRequest, readModelRequest, type Want } from "./model-request.ts";

const tooLarge = "the numbers are too large to compute with";

/** JSON has no infinity; its null would pass for a number that is not there: null then. */
function finiteJson(answer: object): string | null {
  let overflown = false;
  const text = JSON.stringify(answer, (_, value) => {
    if (typeof value === "number" && !Number.isFinite(value)) overflown = true;
    return value;
  });
  return overflown ? null : text;
}

/** Answers requests of `twin model eval` about one model; see docs/robot-model.md for both sides. */
export class ModelEvaluator {
  readonly #model: RobotModel;
  readonly #data: RobotData;
  /** The names of the numbers of v: a joint's own, or `name.0` … where it has several. */
  readonly #order: readonly string[];
  readonly #pose = new Float64Array(7);

  constructor(model: RobotModel) {
    this.#model = model;
    this.#data = createData(model);
    const base = model.base === "floating" ? numbered("base", 6) : [];
    this.#order = [
      ...base,
      ...model.joints.flatMap((joint) =>
        joint.nv > 1 ? numbered(joint.name, joint.nv) : joint.nv === 1 ? [joint.name] : [],
      ),
    ];
  }

  /**
   * One line of JSON in, one line of JSON out; a bad one gives `{"error": …}`. A quantity that cannot be computed is named
   * in `errors`, beside the others. Never throws.
   */
  answer(line: string): string {
    const request = readModelRequest(this.#model, line);
    if (!request.ok) return JSON.stringify({ error: request.reason });
    const answers: [string, string][] = [];
    const errors: [string, string][] = [];
    for (const want of request.value.want) {
      const answer = this.#answer(want, request.value);
      const text = typeof answer === "string" ? null : finiteJson(answer);
      if (text !== null) answers.push([want, text]);
      else errors.push([want, typeof answer === "string" ? answer : tooLarge]);
    }
    if (errors.length > 0) answers.push(["errors", JSON.stringify(Object.fromEntries(errors))]);
    return `{${answers.map(([name, text]) => `"${name}":${text}`).join(",")}}`;
  }

  /** The answer to one want, or the reason there is none. */
  #answer(want: Want, { q, v, a, tau, frame }: ModelRequest): object | string {
    const model = this.#model;
    const data = this.#data;
    const { nv } = model;
    switch (want) {
      case "fk":
        return this.#fk(q);
      case "jacobian": {
        const out = new Float64Array(6 * nv);
        forwardKinematics(model, data, q);
        frameJacobian(model, data, frame ?? 0, out);
        return { order: this.#order, matrix: rowsOf(out, nv, 6) };
      }
      case "rnea":
        return this.#named((out) => rnea(model, data, q, v, a, out));
      case "gravity":
        return this.#named((out) => gravityEfforts(model, data, q, out));
      case "crba": {
        const out = new Float64Array(nv * nv);
        crba(model, data, q, out);
        return { order: this.#order, matrix: rowsOf(out, nv, nv) };
      }
      case "aba": {
        let determined = true;
        const named = this.#named((out) => {
          determined = aba(model, data, q, v, tau, out);
        });
        return determined
          ? named
          : "a joint moves nothing with a mass, or an inertia that no body has; look at the <inertial> of the links it carries";
      }
      case "com": {
        const out = new Float64Array(3);
        return centerOfMass(model, data, q, out) ? [...out] : "no link has a mass; give them an <inertial>";
      }
      case "energy":
        return { kinetic: kineticEnergy(model, data, q, v), potential: potentialEnergy(model, data, q) };
    }
  }

  /** Joint by joint, a list where a joint has several numbers, the floating base's six as `base`. */
  #named(fill: (out: Float64Array) => void): Record<string, number | number[]> {
    const out = new Float64Array(this.#model.nv);
    fill(out);
    const entries: [string, number | number[]][] = [];
    if (this.#model.base === "floating") entries.push(["base", [...out.subarray(0, 6)]]);
    for (const { name, nv, vIndex } of this.#model.joints) {
      if (nv === 1) entries.push([name, out[vIndex] ?? 0]);
      else if (nv > 1) entries.push([name, [...out.subarray(vIndex, vIndex + nv)]]);
    }
    return Object.fromEntries(entries);
  }

  #fk(q: Float64Array): Record<string, { position: number[]; quaternion: number[] }> {
    forwardKinematics(this.#model, this.#data, q);
    const poses = this.#model.links.map(
      (link, index): [string, { position: number[]; quaternion: number[] }] => {
        readLinkPose(this.#data, index, this.#pose);
        return [link, { position: [...this.#pose.subarray(0, 3)], quaternion: [...this.#pose.subarray(3)] }];
      },
    );
    return Object.fromEntries(poses);
  }
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}.${i}`);
}

function rowsOf(matrix: Float64Array, columns: number, rows: number): number[][] {
  return Array.from({ length: rows }, (_, row) => [...matrix.subarray(columns * row, columns * (row + 1))]);
}
