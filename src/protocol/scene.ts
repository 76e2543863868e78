import { z } from "zod";

/** Objects that one twin takes: each costs time in every check. */
export const mostSceneObjects = 256;

const finite = z.number().min(-1e4, "at least -10000 m").max(1e4, "at most 10000 m");
const length = z.number().gt(0, "more than 0 m").max(1e4, "at most 10000 m");
const triple = z.tuple([finite, finite, finite], "three numbers: x, y, z in m");
const frameName = z.string().min(1).max(256);
const solids = ["box", "cylinder", "sphere", "capsule", "mesh"] as const;

/** Which keys give the size of a shape. */
const sizeKeys = {
  box: ["size"],
  cylinder: ["radius", "length"],
  capsule: ["radius", "length"],
  sphere: ["radius"],
  mesh: ["mesh"],
  plane: [],
} as const;
const allSizeKeys = ["size", "radius", "length", "mesh"] as const;

const pose = z
  .strictObject({
    position: triple.default([0, 0, 0]),
    /** Unit, x y z w. */
    quaternion: z
      .tuple([z.number(), z.number(), z.number(), z.number()], "four numbers: x, y, z, w")
      .optional(),
    /** rad, as in URDF. */
    rpy: z.tuple([z.number(), z.number(), z.number()], "three numbers: roll, pitch, yaw in rad").optional(),
  })
  .superRefine(({ quaternion, rpy }, context) => {
    if (quaternion === undefined) return;
    if (rpy !== undefined) {
      context.addIssue({ code: "custom", path: ["rpy"], message: "give quaternion or rpy, not both" });
    }
    if (Math.abs(Math.hypot(...quaternion) - 1) > 1e-3) {
      context.addIssue({ code: "custom", path: ["quaternion"], message: "its length must be 1" });
    }
  })
  .transform(({ position, quaternion, rpy = [0, 0, 0] }) => ({
    position,
    quaternion: quaternion ?? quaternionOf(rpy),
  }));

/** One object of the surroundings, as twin.yaml and the API have it. Lengths in m, docs/scene.md describes the keys. */
export const sceneItem = z
  .strictObject({
    id: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
        "1 to 64 of A-Z a-z 0-9 _ . -, starting with a letter or digit",
      ),
    shape: z.enum([...solids, "plane", "keepout"]),
    /** Of a keep-out area: its shape. */
    of: z.enum([...solids, "plane"]).optional(),
    size: z.tuple([length, length, length], "three numbers: x, y, z in m").optional(),
    radius: length.optional(),
    length: length.optional(),
    /** Address of a file, as a URDF names it. */
    mesh: z.string().min(1).max(4096).optional(),
    scale: z
      .tuple([z.number(), z.number(), z.number()], "three factors: x, y, z")
      .refine((factors) => factors.every((factor) => factor !== 0), "no factor may be 0")
      .optional(),
    /** Absent: for all robots. */
    robot: z.string().min(1).max(64).optional(),
    /** A link of the robot or a frame of tf; absent: the root link of each robot. */
    frame: frameName.optional(),
    /** The link that carries it; then the pose is in that link's frame. */
    attach: frameName.optional(),
    /** kg, of what is attached. */
    mass: z.number().min(0, "at least 0 kg").max(1e5, "at most 100000 kg").optional(),
    /** Links, and ids of other objects, that it may touch. */
    touching: z.array(z.string().min(1).max(256)).max(256).default([]),
    pose: pose.prefault({}),
  })
  .superRefine((item, context) => {
    const fault = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    const { shape, of } = item;
    if (shape === "keepout" && of === undefined) {
      fault(
        "of",
        "a keep-out area needs the shape that it has: box, cylinder, sphere, capsule, mesh or plane",
      );
      return;
    }
    if (shape !== "keepout" && of !== undefined)
      fault("of", "only a keep-out area (shape: keepout) has this key");
    const form = shape === "keepout" ? (of as keyof typeof sizeKeys) : shape;
    const needed: readonly string[] = sizeKeys[form];
    for (const key of allSizeKeys) {
      if (needed.includes(key) && item[key] === undefined) fault(key, `a ${form} needs this key`);
      if (!needed.includes(key) && item[key] !== undefined) fault(key, `a ${form} does not have this key`);
    }
    if (item.scale !== undefined && form !== "mesh") fault("scale", `a ${form} does not have this key`);
    if (item.attach !== undefined) {
      if (item.frame !== undefined) {
        fault("frame", "an attached object is in the frame of the link that carries it: leave this key out");
      }
      if (shape === "keepout" || form === "plane") fault("attach", `a ${shape} cannot be attached to a link`);
    } else if (item.mass !== undefined) fault("mass", "only an attached object (key attach) has a mass");
  });

export type SceneItem = z.infer<typeof sceneItem>;

/** A whole scene: what `PUT /api/scene` takes, and the key `scene` of twin.yaml. */
export const sceneItems = z
  .array(sceneItem, "it must be a list of objects")
  .max(mostSceneObjects, `at most ${mostSceneObjects} objects`)
  .superRefine((items, context) => {
    const seen = new Set<string>();
    for (const [i, { id }] of items.entries()) {
      if (seen.has(id))
        context.addIssue({ code: "custom", path: [i, "id"], message: `two objects have the id ${id}` });
      seen.add(id);
    }
  });

/** The form that an object has, keep-out area or not. */
export function formOf({ shape, of }: SceneItem): keyof typeof sizeKeys {
  return shape === "keepout" ? (of ?? "box") : shape;
}

/** Rz(yaw) Ry(pitch) Rx(roll), as in URDF. */
function quaternionOf([roll, pitch, yaw]: readonly [number, number, number]): [
  number,
  number,
  number,
  number,
] {
  const [sr, cr] = [Math.sin(roll / 2), Math.cos(roll / 2)];
  const [sp, cp] = [Math.sin(pitch / 2), Math.cos(pitch / 2)];
  const [sy, cy] = [Math.sin(yaw / 2), Math.cos(yaw / 2)];
  return [
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
    cr * cp * cy + sr * sp * sy,
  ];
}
