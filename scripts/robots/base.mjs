// twin_base: a differential-drive base, 0.54 m × 0.44 m, two driven wheels and two ball casters. base_link
// lies between the wheels at axle height; x ahead, y left, z up; lengths in metres.
import {
  at,
  boltCircle,
  box,
  can,
  filleted,
  join,
  lathe,
  mirroredY,
  plate,
  ring,
  roundedOutline,
  toY,
} from "./solids.mjs";

const quarter = Math.PI / 2;
const wheelRadius = 0.095;
const wheelWidth = 0.046;
const track = 0.4;
/** The deck's upper side over base_link. */
export const deckHeight = 0.142;

/** A side view ([x, z]) given a width along y, about y = 0. */
function sideways(outline, width, chamfer) {
  return at(plate(outline, width, chamfer).rotateX(quarter), [0, width / 2, 0]);
}

/** About z; outer side at +z. */
function wheel() {
  const h = wheelWidth / 2;
  const r = wheelRadius;
  const tyre = lathe(
    filleted([
      [0.062, -h + 0.004],
      [0.07, -h, 0.003],
      [r - 0.008, -h, 0.01],
      [r - 0.003, -h + 0.012, 0.006],
      [r - 0.003, h - 0.012, 0.006],
      [r - 0.008, h, 0.01],
      [0.07, h, 0.003],
      [0.062, h - 0.004],
    ]),
    56,
  );
  const lugs = [];
  const count = 28;
  for (let i = 0; i < count; i += 1) {
    for (const side of [-1, 1]) {
      const lug = at(box(0.006, 0.012, wheelWidth / 2 - 0.004, 0), [r - 0.003, 0, (side * wheelWidth) / 4.3]);
      lugs.push(lug.rotateZ((2 * Math.PI * (i + (side > 0 ? 0.5 : 0))) / count));
    }
  }
  const rim = lathe(
    filleted([
      [0, -h + 0.008],
      [0.064, -h + 0.006],
      [0.066, h - 0.006, 0.002],
      [0.058, h - 0.003, 0.002],
      [0.054, h - 0.014, 0.004],
      [0, h - 0.014],
    ]),
  );
  const spokes = [];
  for (let i = 0; i < 5; i += 1) {
    spokes.push(at(box(0.044, 0.015, 0.012, 0.003), [0.035, 0, h - 0.009]).rotateZ((2 * Math.PI * i) / 5));
  }
  const hub = lathe(
    filleted([
      [0, h - 0.016],
      [0.021, h - 0.016],
      [0.021, h + 0.001, 0.003],
      [0.015, h + 0.005, 0.002],
      [0, h + 0.005],
    ]),
    32,
  );
  return {
    rubber: join(tyre, ...lugs),
    shell: join(rim, ...spokes),
    graphite: join(
      hub,
      boltCircle(5, 0.0155, h + 0.0005, 0.0022, 0.0025),
      boltCircle(5, 0.058, h - 0.006, 0.0024, 0.003),
    ),
  };
}

function chassis() {
  const skirt = sideways(
    [
      [-0.235, -0.052],
      [0.235, -0.052],
      [0.262, -0.02],
      [0.262, 0.03],
      [-0.262, 0.03],
      [-0.262, -0.02],
    ],
    0.34,
    0.008,
  );
  // The shell: chamfered nose and tail, narrower than the track so that the wheels stand free.
  const shell = sideways(
    [
      [-0.268, 0.034],
      [0.268, 0.034],
      [0.268, 0.074],
      [0.226, 0.126],
      [-0.232, 0.126],
      [-0.268, 0.086],
    ],
    0.34,
    0.012,
  );
  const deck = at(plate(roundedOutline(0.43, 0.318, 0.03), 0.016, 0.004), [-0.004, 0, deckHeight - 0.016]);
  const rails = [-0.11, 0, 0.11].map((y) => at(box(0.36, 0.012, 0.003, 0.001), [-0.004, y, deckHeight]));
  const fenders = [1, -1].map((side) =>
    at(
      sideways(
        [
          [-0.13, 0.072],
          [0.13, 0.072],
          [0.13, 0.084],
          [0.07, 0.114],
          [-0.07, 0.114],
          [-0.13, 0.084],
        ],
        0.056,
        0.004,
      ),
      [0, side * 0.196, 0],
    ),
  );
  const feet = [1, -1].flatMap((x) =>
    [1, -1].map((y) => at(can(0.006, 0, 0.004, 0.001, 6), [0.19 * x - 0.004, 0.138 * y, deckHeight - 0.002])),
  );
  const vents = [-0.09, -0.078, -0.066, -0.054, -0.042].flatMap((x) =>
    [1, -1].map((side) => at(box(0.005, 0.004, 0.026, 0), [x - 0.1, side * 0.1695, 0.082])),
  );
  const bumper = at(box(0.02, 0.3, 0.034, 0.008), [0.262, 0, 0.002]);
  const tail = at(box(0.012, 0.12, 0.022, 0.003), [-0.264, 0, 0.053]);
  const axles = [1, -1].map((side) => at(toY(can(0.03, -0.016, 0.016, 0.003, 32)), [0, side * 0.172, 0]));
  const stopCollar = at(
    lathe(
      filleted([
        [0, 0],
        [0.026, 0],
        [0.026, 0.012, 0.002],
        [0.02, 0.02],
        [0, 0.02],
      ]),
      32,
    ),
    [-0.165, -0.115, deckHeight],
  );
  const stopHead = at(
    lathe(
      filleted([
        [0, 0.018],
        [0.012, 0.018],
        [0.012, 0.024],
        [0.02, 0.026, 0.002],
        [0.02, 0.034, 0.004],
        [0, 0.038],
      ]),
      32,
    ),
    [-0.165, -0.115, deckHeight],
  );
  const lightBar = at(box(0.008, 0.25, 0.012, 0.003), [0.2665, 0, 0.052]);
  const sideLights = [1, -1].map((side) => at(box(0.12, 0.004, 0.008, 0.001), [0.17, side * 0.17, 0.055]));
  return {
    graphite: join(
      skirt,
      deck,
      ...vents,
      bumper,
      tail,
      ...axles,
      ...[1, -1].map((x) => at(caster(), [0.2 * x, 0, 0])),
    ),
    shell: join(shell, ...fenders, ...rails, ...feet),
    accent: join(
      lightBar,
      ...sideLights,
      at(box(0.004, 0.24, 0.008, 0.001), [-0.2685, 0, 0.075]),
      stopCollar,
    ),
    red: stopHead,
  };
}

/** A ball in its cup, touching the ground. */
function caster() {
  const radius = 0.03;
  const z = -wheelRadius + radius;
  const ball = [];
  for (let step = 0; step <= 12; step += 1) {
    const turn = -quarter + (Math.PI * step) / 12;
    ball.push([Math.max(0, radius * Math.cos(turn)), z + radius * Math.sin(turn)]);
  }
  return join(
    lathe(ball, 24),
    lathe(
      filleted([
        [0.026, z - 0.008],
        [0.036, z - 0.004, 0.003],
        [0.04, z + 0.03],
        [0, z + 0.03],
      ]),
      24,
    ),
  );
}

/** About z, standing on z = 0; the scan plane at 0.033. */
function lidar() {
  return {
    graphite: join(
      lathe(
        filleted([
          [0, 0],
          [0.038, 0, 0.002],
          [0.038, 0.022, 0.003],
          [0.034, 0.024],
          [0.034, 0.042],
          [0.038, 0.044, 0.002],
          [0.038, 0.056, 0.006],
          [0, 0.06],
        ]),
      ),
      at(box(0.05, 0.05, 0.006, 0.002), [0, 0, 0.002]),
    ),
    accent: ring(0.03, 0.0348, 0.0295, 0.0365),
  };
}

/** Looks along x; the frame is at the lenses. */
function camera() {
  const lens = (y) =>
    at(
      lathe(
        filleted([
          [0, -0.004],
          [0.009, -0.004],
          [0.009, 0.003, 0.001],
          [0.006, 0.003],
          [0.006, 0],
          [0, 0],
        ]),
        24,
      ).rotateY(quarter),
      [0, y, 0],
    );
  return {
    shell: at(box(0.026, 0.1, 0.03, 0.01, 3), [-0.012, 0, 0]),
    graphite: join(
      lens(0.03),
      lens(-0.03),
      at(box(0.004, 0.02, 0.012, 0.001), [0, 0, 0]),
      at(box(0.014, 0.03, 0.03, 0.003), [-0.016, 0, -0.026]),
    ),
  };
}

export function baseMeshes() {
  const left = wheel();
  const out = (solid) => toY(solid);
  return {
    base: chassis(),
    left_wheel: Object.fromEntries(
      Object.entries(left).map(([material, solid]) => [material, out(solid.clone())]),
    ),
    right_wheel: Object.fromEntries(
      Object.entries(left).map(([material, solid]) => [material, mirroredY(out(solid.clone()))]),
    ),
    lidar: lidar(),
    camera: camera(),
  };
}

/** Links and joints from `base_footprint` on. */
export function baseParts(meshesOf) {
  const upright = { kind: "cylinder", radius: wheelRadius, length: wheelWidth, rpy: [quarter, 0, 0] };
  const links = [
    { name: "base_footprint" },
    {
      name: "base_link",
      mass: 28.6,
      shapes: [
        { kind: "box", size: [0.53, 0.34, 0.18], xyz: [0, 0, 0.04] },
        { kind: "box", size: [0.43, 0.32, 0.014], xyz: [-0.004, 0, deckHeight - 0.007] },
        { kind: "sphere", radius: 0.03, xyz: [0.2, 0, 0.03 - wheelRadius] },
        { kind: "sphere", radius: 0.03, xyz: [-0.2, 0, 0.03 - wheelRadius] },
      ],
      meshes: meshesOf("base"),
    },
    { name: "left_wheel_link", mass: 2.6, shapes: [upright], meshes: meshesOf("left_wheel") },
    { name: "right_wheel_link", mass: 2.6, shapes: [upright], meshes: meshesOf("right_wheel") },
    {
      name: "lidar_base_link",
      mass: 0.9,
      shapes: [{ kind: "cylinder", radius: 0.038, length: 0.06, xyz: [0, 0, 0.03] }],
      meshes: meshesOf("lidar"),
    },
    { name: "lidar_link" },
    {
      name: "camera_link",
      mass: 0.3,
      shapes: [{ kind: "box", size: [0.03, 0.1, 0.04], xyz: [-0.012, 0, -0.005] }],
      meshes: meshesOf("camera"),
    },
    { name: "camera_optical_frame" },
    { name: "imu_link" },
  ];
  const drive = (side, y) => ({
    name: `${side}_wheel`,
    type: "continuous",
    parent: "base_link",
    child: `${side}_wheel_link`,
    xyz: [0, y, 0],
    axis: [0, 1, 0],
    limit: { velocity: 16, effort: 18 },
    dynamics: { damping: 0.15, friction: 0.2 },
  });
  const fixed = (name, parent, child, xyz, rpy) => ({ name, type: "fixed", parent, child, xyz, rpy });
  const joints = [
    fixed("base_joint", "base_footprint", "base_link", [0, 0, wheelRadius]),
    drive("left", track / 2),
    drive("right", -track / 2),
    fixed("lidar_base_joint", "base_link", "lidar_base_link", [0.155, 0, deckHeight]),
    fixed("lidar_joint", "lidar_base_link", "lidar_link", [0, 0, 0.033]),
    fixed("camera_joint", "base_link", "camera_link", [0.254, 0, 0.118]),
    fixed("camera_optical_joint", "camera_link", "camera_optical_frame", [0, 0, 0], [-quarter, 0, -quarter]),
    fixed("imu_joint", "base_link", "imu_link", [0, 0, 0.03]),
  ];
  return { links, joints };
}
