/** What the design twin can draw, each by its own switch. */
export type DesignLayers = {
  visuals: boolean;
  collision: boolean;
  centerOfMass: boolean;
  linkCenters: boolean;
  inertia: boolean;
  axes: boolean;
  frames: boolean;
};

export const standardLayers: DesignLayers = {
  visuals: true,
  collision: false,
  centerOfMass: true,
  linkCenters: false,
  inertia: false,
  axes: false,
  frames: false,
};
