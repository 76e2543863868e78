import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { RclClient, RclNode } from "./rclnodejs-api.ts";

const parameterStringArray = 9;

/** One controller of the robot that carries out trajectories. */
export interface ControllerClient {
  /** Joints it drives, once its node has told; null until then, or when it does not tell. */
  readonly joints: readonly string[] | null;
  /** Whether it can be used only once they are known. */
  readonly needsJoints: boolean;
  askJoints(): void;
  send(goal: TrajectoryGoal): void;
  cancel(goalId: string): void;
  /** Ends every goal of the controller, those of other clients too. False when that cannot be sent yet. */
  cancelEverything(): boolean;
  /** The controller is gone: what it was doing will have no result. */
  serverGone(): void;
  destroy(): void;
}

/** The joints of a controller, as its node's `joints` parameter has them. */
export class ControllerJoints {
  /** Null until its node has told. */
  joints: readonly string[] | null = null;
  /** Null while nobody is asked. */
  private asking: RclClient | null = null;

  /** `topic`: an absolute name just below the node's own. */
  constructor(
    private readonly node: RclNode,
    private readonly topic: string,
  ) {}

  /** Called again, it asks again by the same client: an answer may be lost. */
  ask(): void {
    const owner = this.topic.slice(0, this.topic.lastIndexOf("/"));
    this.asking ??= this.node.createClient("rcl_interfaces/srv/GetParameters", `${owner}/get_parameters`);
    if (!this.asking.isServiceServerAvailable()) {
      this.end();
      return;
    }
    this.asking.sendRequest({ names: ["joints"] }, (response) => {
      const [value] = (response as { values: { type: number; string_array_value: string[] }[] }).values;
      if (value?.type === parameterStringArray && value.string_array_value.length > 0) {
        this.joints = [...value.string_array_value];
      }
      this.end();
    });
  }

  /** Asks no more. */
  end(): void {
    if (this.asking !== null) this.node.destroyClient(this.asking);
    this.asking = null;
  }
}
