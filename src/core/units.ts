/** The quantities of a joint's state, REP-103: rad or m, per second; N·m or N. */
export type Dimension = "angle" | "length" | "angularVelocity" | "velocity" | "torque" | "force";

const turn = 2 * Math.PI;

/** Factors to the SI unit, by the spellings that devices use. */
const factors: Record<Dimension, ReadonlyMap<string, number>> = {
  angle: new Map([
    ["rad", 1],
    ["mrad", 1e-3],
    ["deg", turn / 360],
    ["°", turn / 360],
    ["rev", turn],
    ["turn", turn],
  ]),
  length: new Map([
    ["m", 1],
    ["cm", 1e-2],
    ["mm", 1e-3],
    ["um", 1e-6],
    ["µm", 1e-6],
    ["in", 0.0254],
  ]),
  angularVelocity: new Map([
    ["rad/s", 1],
    ["deg/s", turn / 360],
    ["°/s", turn / 360],
    ["rpm", turn / 60],
    ["rev/min", turn / 60],
    ["rev/s", turn],
    ["Hz", turn],
  ]),
  velocity: new Map([
    ["m/s", 1],
    ["cm/s", 1e-2],
    ["mm/s", 1e-3],
    ["km/h", 1 / 3.6],
  ]),
  torque: new Map([
    ["N·m", 1],
    ["N.m", 1],
    ["N*m", 1],
    ["Nm", 1],
    ["mN·m", 1e-3],
    ["mNm", 1e-3],
    ["N·cm", 1e-2],
    ["Ncm", 1e-2],
    ["kgf·cm", 0.0980665],
    ["kg·cm", 0.0980665],
  ]),
  force: new Map([
    ["N", 1],
    ["mN", 1e-3],
    ["kN", 1e3],
    ["kgf", 9.80665],
  ]),
};

const siUnits: Record<Dimension, string> = {
  angle: "rad",
  length: "m",
  angularVelocity: "rad/s",
  velocity: "m/s",
  torque: "N·m",
  force: "N",
};

/** A joint's state and its dimension; a prismatic joint slides. */
export function jointDimension(property: "position" | "velocity" | "effort", slides: boolean): Dimension {
  switch (property) {
    case "position":
      return slides ? "length" : "angle";
    case "velocity":
      return slides ? "velocity" : "angularVelocity";
    case "effort":
      return slides ? "force" : "torque";
  }
}

/** The factor from `unit` to SI; null when `unit` does not measure `dimension`. */
export function siFactor(unit: string, dimension: Dimension): number | null {
  return factors[dimension].get(unit) ?? null;
}

/** The SI unit of `dimension`. */
export function siUnit(dimension: Dimension): string {
  return siUnits[dimension];
}

/** The units that measure `dimension`, for a message. */
export function unitsOf(dimension: Dimension): string {
  return [...factors[dimension].keys()].join(", ");
}
