import { type Result, refused } from "../core/result.ts";
import { neutralConfiguration, setJointConfiguration } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { forwardKinematics, readLinkPose } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";

/** What a request may want, and which of it this version computes. */
const wants = ["fk", "jacobian", "rnea", "gravity", "crba", "aba", "com", "energy"];
const offered = ["fk"];

/** How far the length of a quaternion may be from 1; what is nearer is normalised. */
const quaternionSlack = 1e-3;

type LinkPose = { position: number[]; quaternion: number[] };

/** Answers requests of `twin model eval` about one model; see docs/robot-model.md for both sides. */
export class ModelEvaluator {
  readonly #model: RobotModel;
  readonly #data: RobotData;
  readonly #pose = new Float64Array(7);

  constructor(model: RobotModel) {
    this.#model = model;
    this.#data = createData(model);
  }

  /** One line of JSON in, one line of JSON out; a bad one gives `{"error": …}`. Never throws. */
  answer(line: string): string {
    const request = parseRequest(line);
    const q = request.ok ? this.#configuration(request.value) : request;
    const refusal = q.ok && request.ok ? this.#refuseWants(request.value) : null;
    if (!q.ok) return JSON.stringify({ error: q.reason });
    return JSON.stringify(refusal === null ? { fk: this.#fk(q.value) } : { error: refusal });
  }

  #refuseWants(request: Record<string, unknown>): string | null {
    const { want = offered, frame } = request;
    if (!Array.isArray(want) || want.length === 0) return `want should be a list, as ["fk"]`;
    for (const one of want) {
      if (offered.includes(one)) continue;
      const known = wants.includes(one);
      const fault = known ? `${one} is not offered yet` : `want ${JSON.stringify(one)} is not known`;
      return `${fault}; this version offers ${offered.join(", ")}`;
    }
    const isLink = typeof frame === "string" && this.#model.linkIndex.has(frame);
    return frame === undefined || isLink ? null : `frame ${JSON.stringify(frame)} is no link of this robot`;
  }

  #configuration(request: Record<string, unknown>): Result<Float64Array> {
    const { q: wished = {} } = request;
    for (const part of ["q", "v", "a", "tau"]) {
      if (request[part] !== undefined && !isObject(request[part])) {
        return refused(`${part} should be an object of joint and value`);
      }
    }
    const q = neutralConfiguration(this.#model);
    for (const [name, value] of Object.entries(isObject(wished) ? wished : {})) {
      const fault = name === "base" ? this.#setBase(q, value) : this.#setJoint(q, name, value);
      if (fault !== null) return refused(fault);
    }
    return { ok: true, value: q };
  }

  #setBase(q: Float64Array, value: unknown): string | null {
    if (this.#model.base === "floating") {
      const numbers = numbersOf(value, 7);
      if (numbers === null) return "q.base should be [x, y, z, qx, qy, qz, qw]";
      q.set(numbers, 0);
      return quaternionFault("q.base", numbers);
    }
    if (this.#model.jointIndex.has("base")) return this.#setJoint(q, "base", value);
    return "q.base needs --base floating";
  }

  #setJoint(q: Float64Array, name: string, value: unknown): string | null {
    const joint = this.#model.joints[this.#model.jointIndex.get(name) ?? -1];
    if (joint === undefined) return `there is no joint ${JSON.stringify(name)}`;
    if (joint.type === "fixed") return `joint ${JSON.stringify(name)} is fixed and has no position`;
    const count = Math.max(joint.nq, 1);
    const numbers = numbersOf(count === 1 ? [value] : value, count);
    if (numbers === null) {
      const right = count === 1 ? "a finite number" : `${count} finite numbers in a list`;
      return `q of joint ${JSON.stringify(name)} should be ${right}`;
    }
    // A follower goes where its master is, whatever is said here.
    if (joint.mimic === null) setJointConfiguration(this.#model, q, name, numbers);
    return joint.type === "floating" ? quaternionFault(`q of joint ${JSON.stringify(name)}`, numbers) : null;
  }

  #fk(q: Float64Array): Record<string, LinkPose> {
    forwardKinematics(this.#model, this.#data, q);
    const poses = this.#model.links.map((link, index): [string, LinkPose] => {
      readLinkPose(this.#data, index, this.#pose);
      return [link, { position: [...this.#pose.subarray(0, 3)], quaternion: [...this.#pose.subarray(3)] }];
    });
    return Object.fromEntries(poses);
  }
}

function parseRequest(line: string): Result<Record<string, unknown>> {
  try {
    const request: unknown = JSON.parse(line);
    if (isObject(request)) return { ok: true, value: request };
    return refused("a request should be an object");
  } catch (error) {
    return refused(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numbersOf(value: unknown, count: number): number[] | null {
  if (!Array.isArray(value) || value.length !== count) return null;
  const numbers: number[] = value.filter((one) => Number.isFinite(one));
  return numbers.length === count ? numbers : null;
}

function quaternionFault(what: string, numbers: readonly number[]): string | null {
  const length = Math.hypot(...numbers.slice(3));
  return Math.abs(length - 1) > quaternionSlack
    ? `${what} has a quaternion of length ${length}, not 1`
    : null;
}
