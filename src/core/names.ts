/** Names that must not be taken for one another: any text may become one, but none becomes another. */
type Name<Kind extends string> = string & { readonly __name?: Kind };

/** A robot's id in the twin, as `robot` or `r1`. */
export type RobotId = Name<"robot">;
/** A joint's name in its robot's description. */
export type JointName = Name<"joint">;
/** A device's name at its broker or bus. */
export type DeviceId = Name<"device">;
/** A trajectory controller: an action's absolute name, or `device/<device>/<signal>`. */
export type ControllerName = Name<"controller">;
/** One connection of a client to `/ws/command`. */
export type SessionId = Name<"session">;
/** One connection of a viewer to `/ws/state`. */
export type ViewerId = Name<"viewer">;
/** One trajectory goal of this run. */
export type GoalId = Name<"goal">;
