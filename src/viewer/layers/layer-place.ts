import { Matrix4, type Object3D, Quaternion, Vector3 } from "three";
import type { TopicHeader } from "../../protocol/topics/topic-frame.ts";

/** x y z qx qy qz qw */
export type PoseNumbers = readonly number[];

/** What the 3D view knows of frames. */
export type ViewFrames = {
  /** What a frame is drawn as: the floor of the view, or a link; null: neither. */
  objectOf(frame: string): { object: Object3D; isFloor: boolean } | null;
  /** Where the floor's frame is in a frame above it, as `map`; null: it is not above it. */
  floorIn(frame: string): PoseNumbers | null;
};

/** Where a message belongs: in which object, and where in it. Or why nowhere, as a sentence. */
export type Place = { parent: Object3D; matrix: Matrix4 } | { problem: string };

/**
 * Where a message's frame is in the view: by tf at the message's stamp where that leads to the floor, else on the link that its
 * frame is, or hangs on.
 */
export function placeOf({ frame, placement }: TopicHeader, view: ViewFrames): Place {
  if (frame === null) return { problem: "The message names no frame (header.frame_id is empty)." };
  const chain = [{ frame, pose: [0, 0, 0, 0, 0, 0, 1] }, ...(placement?.above ?? [])];
  const known = chain.map((one) => ({ ...one, found: view.objectOf(one.frame) }));
  const best =
    known.find(({ found }) => found?.isFloor === true) ?? known.find(({ found }) => found !== null);
  if (best?.found != null) return { parent: best.found.object, matrix: matrixOf(best.pose) };
  for (const { frame: above, pose } of chain) {
    const floor = view.floorIn(above);
    const object = floor === null ? null : view.objectOf("");
    if (floor !== null && object !== null) {
      return { parent: object.object, matrix: matrixOf(floor).invert().multiply(matrixOf(pose)) };
    }
  }
  const top = chain.at(-1)?.frame ?? frame;
  const why = placement?.problem ?? `nothing publishes where "${top}" is`;
  const reach = top === frame ? "" : ` (it leads to "${top}")`;
  return { problem: `tf does not connect "${frame}" with the robot${reach}: ${why}.` };
}

export function matrixOf(pose: PoseNumbers): Matrix4 {
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = pose;
  return new Matrix4().compose(new Vector3(x, y, z), new Quaternion(qx, qy, qz, qw), new Vector3(1, 1, 1));
}
