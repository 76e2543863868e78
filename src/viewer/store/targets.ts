import { Signal } from "../../client/signal.ts";
import { ownValue } from "../../core/own-value.ts";

/** Where each joint of one robot is wanted, in rad or m, before anybody told the robot: the slider's ghost. */
export type JointTargets = Readonly<Record<string, number>>;

const none: JointTargets = Object.freeze({});

/** The ghosts that the sliders of this page move. They are this page's alone until they are sent. */
export class Targets {
  readonly changed = new Signal<Readonly<Record<string, JointTargets>>>({});

  of(robot: string | null): JointTargets {
    return (robot === null ? undefined : ownValue(this.changed.get(), robot)) ?? none;
  }

  set(robot: string, joint: string, position: number): void {
    this.changed.update((all) => ({ ...all, [robot]: { ...ownValue(all, robot), [joint]: position } }));
  }

  /** Sets several joints at once, as one change. */
  setAll(robot: string, positions: JointTargets): void {
    this.changed.update((all) => ({ ...all, [robot]: { ...ownValue(all, robot), ...positions } }));
  }

  dropAll(): void {
    for (const robot of Object.keys(this.changed.get())) this.drop(robot);
  }

  /** Drops the ghost, or only those of `joints` that still are where they were when they were sent. */
  drop(robot: string, sent?: JointTargets): void {
    this.changed.update((all) => {
      const left = Object.entries(ownValue(all, robot) ?? {}).filter(
        ([joint, position]) => sent !== undefined && ownValue(sent, joint) !== position,
      );
      return { ...all, [robot]: Object.fromEntries(left) };
    });
  }
}
