import { AxesHelper, type Object3D } from "three";
import { isNumber, isObject, isText } from "../../client/message-checks.ts";
import type { ThingJson } from "../../protocol/state-messages.ts";
import { disposeAxes } from "./dispose.ts";
import type { RobotView } from "./robot-view.ts";

const axisMetres = 0.08;

/**
 * Triads (x red, y green, z blue) of a robot's links, and of those frames of /tf that hang on a link or on
 * the odometry frame and are no link themselves. Frames above odometry, as `map`, are left out: the view's
 * world is the odometry frame.
 */
export class FrameAxes {
  private readonly axes = new Map<string, AxesHelper>();

  constructor(private readonly view: RobotView) {
    for (const [name, link] of Object.entries(view.measured.links)) this.add(name, link);
  }

  /** Places the frames of /tf anew; `thing` is the robot's. */
  update(thing: ThingJson | undefined, world: Object3D): void {
    if (!thing) return;
    const odometry = thing.definition.odometryFrame;
    for (const [path, { reported }] of Object.entries(thing.properties)) {
      const child = path.startsWith("frame/") ? path.slice("frame/".length) : null;
      const transform =
        child === null || Object.hasOwn(this.view.measured.links, child)
          ? null
          : readTransform(reported?.value);
      if (child === null || transform === null) continue;
      const parent = transform.parent === odometry ? world : this.axes.get(transform.parent);
      if (!parent) continue;
      const axes = this.axes.get(child) ?? this.add(child, parent);
      if (axes.parent !== parent) parent.add(axes);
      axes.position.fromArray(transform.position);
      axes.quaternion.fromArray(transform.quaternion);
    }
  }

  dispose(): void {
    for (const axes of this.axes.values()) disposeAxes(axes);
    this.axes.clear();
  }

  private add(name: string, parent: Object3D): AxesHelper {
    const axes = new AxesHelper(axisMetres);
    axes.renderOrder = 2;
    this.axes.set(name, axes);
    parent.add(axes);
    return axes;
  }
}

type Transform = { parent: string; position: number[]; quaternion: number[] };

/** The value of a `frame/…` property; null when it is something else. */
export function readTransform(value: unknown): Transform | null {
  if (!isObject(value) || !isText(value.parent)) return null;
  const { parent, position, quaternion } = value;
  return isNumbers(position, 3) && isNumbers(quaternion, 4) ? { parent, position, quaternion } : null;
}

function isNumbers(value: unknown, count: number): value is number[] {
  return Array.isArray(value) && value.length === count && value.every(isNumber);
}
