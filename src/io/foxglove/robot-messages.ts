import { type Stamp, stampFromMs } from "../../core/stamp.ts";
import { writeCdr } from "../../protocol/cdr-writer.ts";
import { neutralConfiguration, setJointPosition } from "../../robot/configuration.ts";
import { createData, type RobotData } from "../../robot/data.ts";
import { forwardKinematics } from "../../robot/forward-kinematics.ts";
import type { RobotModel } from "../../robot/model.ts";
import { readRelativePose } from "../../robot/relative-pose.ts";
import type { RobotReading } from "./robot-reading.ts";

/** A geometry_msgs/TransformStamped. */
export type Transform = {
  header: { stamp: Stamp; frame_id: string };
  child_frame_id: string;
  transform: {
    translation: { x: number; y: number; z: number };
    rotation: { x: number; y: number; z: number; w: number };
  };
};

/** sensor_msgs/JointState in CDR of what is measured; null where nothing is. */
export function jointStateCdr({ joints, time }: RobotReading): Uint8Array | null {
  if (joints.length === 0) return null;
  const measured = (values: number[]): number[] => (values.some(Number.isFinite) ? values : []);
  return writeCdr("sensor_msgs/JointState", {
    header: { stamp: stampFromMs(time), frame_id: "" },
    name: joints.map(({ name }) => name),
    position: joints.map(({ position }) => position),
    velocity: measured(joints.map(({ velocity }) => velocity)),
    effort: measured(joints.map(({ effort }) => effort)),
  });
}

export function transformsCdr(transforms: readonly Transform[]): Uint8Array {
  return writeCdr("tf2_msgs/TFMessage", { transforms });
}

export function textCdr(text: string): Uint8Array {
  return writeCdr("std_msgs/String", { data: text });
}

/**
 * The transforms of one robot by its model: a program that draws frames then needs no robot_state_publisher. A joint that
 * is not measured is at 0.
 */
export class RobotTransforms {
  private readonly data: RobotData;
  private readonly q: Float64Array;
  private readonly pose = new Float64Array(7);

  constructor(
    private readonly model: RobotModel,
    /** In front of each frame's name: "" or as `r1/`. */
    private readonly prefix: string,
  ) {
    this.data = createData(model);
    this.q = neutralConfiguration(model);
  }

  /**
   * Those of moving joints, or those of fixed ones, and the base. `skips`: frames that another source gives. `at` is server
   * ms.
   */
  of(
    reading: RobotReading,
    kind: "moving" | "fixed",
    skips: (frame: string) => boolean,
    at: number,
  ): Transform[] {
    const { model, data, q, pose, prefix } = this;
    for (const { name, position } of reading.joints) setJointPosition(model, q, name, position);
    forwardKinematics(model, data, q);
    const stamp = stampFromMs(at);
    const found: Transform[] = [];
    if (kind === "moving" && reading.base !== null && !skips(model.rootLink)) {
      const { parent, pose: base } = reading.base;
      found.push(transformOf(stamp, this.shared(parent), `${prefix}${model.rootLink}`, base));
    }
    for (const [i, joint] of model.joints.entries()) {
      if ((joint.type === "fixed") !== (kind === "fixed") || skips(joint.childLink)) continue;
      readRelativePose(data, model.linkIndex.get(joint.parentLink) ?? 0, i + 1, pose);
      found.push(transformOf(stamp, `${prefix}${joint.parentLink}`, `${prefix}${joint.childLink}`, pose));
    }
    return found;
  }

  /** The frames that tf gave. */
  given({ frames }: RobotReading, at: number): Transform[] {
    const stamp = stampFromMs(at);
    return [...frames].map(([child, { parent, pose }]) =>
      transformOf(stamp, this.shared(parent), `${this.prefix}${child}`, pose),
    );
  }

  /** The map is one for all robots. */
  private shared(frame: string): string {
    return frame === "map" || frame === "world" ? frame : `${this.prefix}${frame}`;
  }
}

function transformOf(stamp: Stamp, parent: string, child: string, pose: ArrayLike<number>): Transform {
  const at = (i: number): number => pose[i] as number;
  return {
    header: { stamp, frame_id: parent },
    child_frame_id: child,
    transform: {
      translation: { x: at(0), y: at(1), z: at(2) },
      rotation: { x: at(3), y: at(4), z: at(5), w: at(6) },
    },
  };
}
