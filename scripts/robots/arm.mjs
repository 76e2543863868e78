// twin_arm: six axes and a two-finger gripper. At zero the upper arm stands up, the forearm points
// ahead (+x) and the tool down; lengths in metres.
//
//        upper arm ║      elbow ╔═ forearm ═╗ wrist_1, wrist_2
//                  ║ 0.40       ║   0.35    ║ wrist_3
//    shoulder_lift ╫════════════╝           ▼ tool0
//     shoulder_pan ╨
import {
  at,
  boltCircle,
  box,
  can,
  filleted,
  join,
  lathe,
  plate,
  ring,
  toMinusX,
  toMinusY,
  toX,
  toY,
} from "./solids.mjs";

const quarter = Math.PI / 2;
const upper = 0.4;
const fore = 0.35;

/** A joint's housing about z from z0 to z1, with a domed cap at z1 or a face at z0 where it meets the next. */
function housing(radius, z0, z1) {
  const rim = radius * 0.96;
  return lathe(
    filleted([
      [0, z0],
      [rim, z0, 0.002],
      [radius, z0 + 0.01, 0.003],
      [radius, z1 - 0.004, 0.01],
      [0, z1],
    ]),
  );
}

/** What closes a housing at its outer end: a dished lid with a rim and screws. */
function lid(radius, z) {
  const r = radius * 0.86;
  const profile = [
    [0, z - 0.006],
    [r, z - 0.006],
    [r, z + 0.004, 0.003],
    [r * 0.86, z + 0.0075, 0.002],
    [r * 0.8, z + 0.005],
    [0, z + 0.0045],
  ];
  return join(lathe(filleted(profile)), boltCircle(6, r * 0.62, z + 0.004, 0.0032, 0.0024));
}

/** The seam between two links: a thin dark gap ring and the coloured ring beside it. */
const gap = (radius, z) => ring(radius * 0.7, radius * 0.93, z - 0.004, z + 0.004);
const band = (radius, z) => ring(radius * 0.8, radius * 1.012, z, z + 0.0055);

/** A tube along z between two collars, its radius going from r0 to r1. */
function tube(r0, r1, z0, z1) {
  const collar = 0.022;
  return lathe(
    filleted([
      [0, z0],
      [r0 * 1.1, z0, 0.003],
      [r0 * 1.1, z0 + collar, 0.004],
      [r0, z0 + collar + 0.01, 0.006],
      [r1, z1 - collar - 0.01, 0.006],
      [r1 * 1.1, z1 - collar, 0.004],
      [r1 * 1.1, z1, 0.003],
      [0, z1],
    ]),
  );
}

function finger(side) {
  // Outline in the plane of y (outwards) and z (ahead), extruded along x.
  const outline = [
    [-0.002, 0],
    [0.022, 0],
    [0.026, 0.012],
    [0.026, 0.03],
    [0.014, 0.062],
    [0.009, 0.08],
    [0, 0.08],
    [0, 0.034],
    [-0.002, 0.024],
  ];
  const across = (solid) => at(solid.rotateX(quarter).rotateZ(quarter), [-0.011, 0, 0]);
  const body = across(plate(outline, 0.022, 0.0015));
  const pad = at(box(0.019, 0.006, 0.04, 0.0015), [0, -0.0015, 0.058]);
  const ribs = [0.044, 0.051, 0.058, 0.065, 0.072].map((z) =>
    at(box(0.019, 0.003, 0.003, 0), [0, -0.0045, z]),
  );
  const turn = (solid) => (side > 0 ? solid : solid.rotateZ(Math.PI));
  return { shell: turn(body), rubber: turn(join(pad, ...ribs)) };
}

/** Link name → material → solid, in the link's frame. */
export function armMeshes() {
  const left = finger(1);
  const right = finger(-1);
  return {
    arm_base: {
      shell: lathe(
        filleted([
          [0, 0.012],
          [0.082, 0.012],
          [0.076, 0.03, 0.012],
          [0.066, 0.05, 0.012],
          [0.064, 0.084, 0.003],
          [0, 0.084],
        ]),
      ),
      graphite: join(
        lathe(
          filleted([
            [0, 0],
            [0.095, 0, 0.002],
            [0.095, 0.012, 0.003],
            [0.07, 0.012],
            [0, 0.012],
          ]),
        ),
        boltCircle(8, 0.0865, 0.0115, 0.0045, 0.004),
        gap(0.064, 0.087),
        at(box(0.05, 0.03, 0.034, 0.006), [-0.07, 0, 0.04]),
        toMinusX(at(can(0.008, 0.09, 0.104, 0.002, 20), [0.04, 0, 0])),
      ),
      accent: band(0.064, 0.076),
    },
    shoulder: {
      shell: join(
        lathe(
          filleted([
            [0, 0.001],
            [0.062, 0.001, 0.002],
            [0.064, 0.018, 0.006],
            [0.054, 0.05, 0.01],
            [0.054, 0.07],
            [0, 0.07],
          ]),
        ),
        at(toY(housing(0.064, -0.066, 0.058)).rotateZ(Math.PI), [0, 0, 0.075]),
      ),
      graphite: join(
        at(toMinusY(lid(0.064, 0.058)), [0, 0, 0.075]),
        at(toY(gap(0.062, 0.066)), [0, 0, 0.075]),
      ),
      accent: at(toY(band(0.064, 0.054)), [0, 0, 0.075]),
    },
    upper_arm: {
      shell: join(toY(housing(0.064, -0.053, 0.06)), at(toY(housing(0.055, -0.052, 0.05)), [0, 0, upper])),
      graphite: join(
        tube(0.047, 0.043, 0.035, upper - 0.03),
        toY(lid(0.064, 0.06)),
        at(toY(lid(0.055, 0.05)), [0, 0, upper]),
        at(toMinusY(gap(0.052, 0.053)), [0, 0, upper]),
      ),
      accent: at(toMinusY(band(0.055, 0.042)), [0, 0, upper]),
    },
    forearm: {
      shell: join(
        toMinusY(housing(0.053, -0.052, 0.052)),
        tube(0.042, 0.033, 0.03, fore - 0.026),
        at(toMinusY(housing(0.042, -0.044, 0.042)), [0, 0, fore]),
      ),
      graphite: join(
        toMinusY(lid(0.053, 0.052)),
        at(toMinusY(lid(0.042, 0.042)), [0, 0, fore]),
        // Cable cover along the upper side.
        at(box(0.02, 0.03, 0.2, 0.008, 3), [-0.036, 0, 0.165]),
        ...[0.085, 0.165, 0.245].map((z) => at(box(0.006, 0.034, 0.012, 0.002), [-0.0445, 0, z])),
        at(toY(gap(0.04, 0.046)), [0, 0, fore]),
      ),
      accent: at(toY(band(0.042, 0.034)), [0, 0, fore]),
    },
    wrist_1: {
      shell: join(
        toY(can(0.041, 0.049, 0.1, 0.003)),
        at(housing(0.042, -0.046, 0.044).rotateX(Math.PI), [0, 0.1, 0]),
      ),
      graphite: join(at(lid(0.042, 0.044).rotateX(Math.PI), [0, 0.1, 0]), at(gap(0.04, 0.047), [0, 0.1, 0])),
      accent: at(band(0.042, 0.036), [0, 0.1, 0]),
    },
    wrist_2: {
      shell: join(can(0.041, 0.049, 0.09, 0.003), at(toMinusX(housing(0.042, -0.046, 0.044)), [0, 0, 0.09])),
      graphite: join(at(toMinusX(lid(0.042, 0.044)), [0, 0, 0.09]), at(toX(gap(0.04, 0.047)), [0, 0, 0.09])),
      accent: at(toX(band(0.042, 0.036)), [0, 0, 0.09]),
    },
    wrist_3: {
      graphite: toX(
        join(
          lathe(
            filleted([
              [0, 0.049],
              [0.038, 0.049, 0.002],
              [0.038, 0.066, 0.003],
              [0.033, 0.07, 0.002],
              [0.033, 0.08, 0.001],
              [0, 0.08],
            ]),
          ),
          boltCircle(6, 0.0355, 0.064, 0.0025, 0.004),
        ),
      ),
    },
    gripper: {
      shell: join(
        at(box(0.07, 0.11, 0.05, 0.012, 3), [0, 0, 0.045]),
        at(box(0.052, 0.126, 0.024, 0.006), [0, 0, 0.056]),
      ),
      graphite: join(
        lathe(
          filleted([
            [0, 0],
            [0.034, 0, 0.001],
            [0.034, 0.012, 0.002],
            [0.029, 0.02],
            [0, 0.02],
          ]),
        ),
        boltCircle(6, 0.0315, 0.011, 0.0024, 0.003),
        at(box(0.026, 0.132, 0.01, 0.002), [0, 0, 0.069]),
        at(box(0.012, 0.128, 0.006, 0.001), [0, 0, 0.0745]),
      ),
      accent: at(box(0.0715, 0.05, 0.006, 0.002), [0, 0, 0.042]),
    },
    left_finger: left,
    right_finger: right,
  };
}

const cylinder = (radius, length, xyz, rpy) => ({ kind: "cylinder", radius, length, xyz, rpy });
const alongY = [quarter, 0, 0];
const alongX = [0, quarter, 0];

/** Links and joints from `arm_base_link` on; `meshesOf(name)` gives a link's mesh files. */
export function armParts(meshesOf) {
  const link = (name, mass, shapes) => ({ name: `${name}_link`, mass, shapes, meshes: meshesOf(name) });
  const links = [
    link("arm_base", 3.0, [cylinder(0.085, 0.03, [0, 0, 0.015]), cylinder(0.066, 0.054, [0, 0, 0.057])]),
    link("shoulder", 3.6, [
      cylinder(0.064, 0.075, [0, 0, 0.0375]),
      cylinder(0.064, 0.124, [0, 0.004, 0.075], alongY),
    ]),
    link("upper_arm", 5.6, [
      cylinder(0.064, 0.113, [0, 0.0035, 0], alongY),
      cylinder(0.048, 0.28, [0, 0, 0.2]),
      cylinder(0.055, 0.102, [0, -0.001, upper], alongY),
    ]),
    link("forearm", 3.4, [
      cylinder(0.053, 0.104, [0, 0, 0], alongY),
      cylinder(0.043, 0.25, [-0.003, 0, 0.175]),
      cylinder(0.042, 0.086, [0, 0.001, fore], alongY),
    ]),
    link("wrist_1", 1.4, [
      cylinder(0.041, 0.051, [0, 0.0745, 0], alongY),
      cylinder(0.042, 0.09, [0, 0.1, 0.001]),
    ]),
    link("wrist_2", 1.4, [
      cylinder(0.041, 0.041, [0, 0, 0.0695]),
      cylinder(0.042, 0.09, [0.001, 0, 0.09], alongX),
    ]),
    link("wrist_3", 0.4, [cylinder(0.038, 0.031, [0.0645, 0, 0], alongX)]),
    { name: "tool0" },
    link("gripper", 0.9, [
      { kind: "box", size: [0.07, 0.126, 0.058], xyz: [0, 0, 0.045] },
      cylinder(0.034, 0.02, [0, 0, 0.01]),
    ]),
    link("left_finger", 0.12, [{ kind: "box", size: [0.022, 0.026, 0.08], xyz: [0, 0.012, 0.04] }]),
    link("right_finger", 0.12, [{ kind: "box", size: [0.022, 0.026, 0.08], xyz: [0, -0.012, 0.04] }]),
    { name: "gripper_tcp" },
  ];
  const limit = (lower, upperEnd, velocity, effort) => ({ lower, upper: upperEnd, velocity, effort });
  const turn = (name, parent, child, xyz, axis, range, dynamics, rpy) => ({
    name,
    type: "revolute",
    parent: `${parent}_link`,
    child: `${child}_link`,
    xyz,
    rpy,
    axis,
    limit: range,
    dynamics,
  });
  const big = { damping: 4, friction: 3 };
  const small = { damping: 0.8, friction: 0.6 };
  const slide = { damping: 8, friction: 2 };
  const grip = limit(0, 0.04, 0.12, 60);
  const joints = [
    turn("shoulder_pan", "arm_base", "shoulder", [0, 0, 0.09], [0, 0, 1], limit(-3.1, 3.1, 2.2, 150), big),
    turn("shoulder_lift", "shoulder", "upper_arm", [0, 0.12, 0.075], [0, 1, 0], limit(-2, 2, 2.2, 150), big),
    turn(
      "elbow",
      "upper_arm",
      "forearm",
      [0, -0.105, upper],
      [0, 1, 0],
      limit(-2.4, 2.4, 2.6, 110),
      { damping: 2.5, friction: 2 },
      [0, quarter, 0],
    ),
    turn("wrist_1", "forearm", "wrist_1", [0, 0, fore], [0, 1, 0], limit(-3.1, 3.1, 3.2, 30), small),
    turn("wrist_2", "wrist_1", "wrist_2", [0, 0.1, 0], [0, 0, 1], limit(-3.1, 3.1, 3.2, 30), small),
    turn("wrist_3", "wrist_2", "wrist_3", [0, 0, 0.09], [1, 0, 0], limit(-6.2, 6.2, 4, 30), small),
    {
      name: "tool0_joint",
      type: "fixed",
      parent: "wrist_3_link",
      child: "tool0",
      xyz: [0.08, 0, 0],
      rpy: [0, quarter, 0],
    },
    { name: "gripper_joint", type: "fixed", parent: "tool0", child: "gripper_link" },
    {
      name: "left_finger",
      type: "prismatic",
      parent: "gripper_link",
      child: "left_finger_link",
      xyz: [0, 0.004, 0.075],
      axis: [0, 1, 0],
      limit: grip,
      dynamics: slide,
    },
    {
      name: "right_finger",
      type: "prismatic",
      parent: "gripper_link",
      child: "right_finger_link",
      xyz: [0, -0.004, 0.075],
      axis: [0, -1, 0],
      limit: grip,
      dynamics: slide,
      mimic: { joint: "left_finger", multiplier: 1, offset: 0 },
    },
    {
      name: "gripper_tcp_joint",
      type: "fixed",
      parent: "gripper_link",
      child: "gripper_tcp",
      xyz: [0, 0, 0.145],
    },
  ];
  return { links, joints };
}
