import type { RobotModel } from "./model.ts";

/** Throws when `values`, called `name` in the message, has fewer than the model's nv numbers. */
export function requireRates(model: RobotModel, name: string, values: Float64Array): void {
  if (values.length < model.nv) {
    throw new Error(`${name} has ${values.length} numbers; ${model.name} needs ${model.nv}`);
  }
}

/** Throws when `q` has fewer than the model's nq numbers. */
export function requireConfiguration(model: RobotModel, q: Float64Array): void {
  if (q.length < model.nq) throw new Error(`q has ${q.length} numbers; ${model.name} needs ${model.nq}`);
}
