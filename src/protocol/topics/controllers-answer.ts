/** What became of the twin's last goal for a controller. */
export type LastGoal = {
  state: "sent" | "active" | "succeeded" | "aborted" | "canceled";
  /** Server ms at which it was sent, and of the last news of it. */
  sentMs: number;
  atMs: number;
  /** What the controller said; empty where it said nothing. */
  message: string;
};

/** An action or topic that commands go through. */
export type CommandWay = {
  /** Its absolute name. */
  name: string;
  /** `trajectory action`, `trajectory topic`, `position group`, `velocity group`, `gripper action`, `twist topic`. */
  kind: string;
  /** Whether the twin sends its commands through it now. */
  isUsed: boolean;
};

/** A controller of a robot. */
export type ControllerReport = {
  /** Of its node, absolute. */
  name: string;
  /** The controller_manager that lists it; null: none does, it is known by its action or topic alone. */
  manager: string | null;
  /** As ros2_control names it; null: nobody tells. */
  type: string | null;
  /** `active`, `inactive`, `unconfigured`, `finalized`; `unknown`: nobody tells. */
  state: string;
  /** Server ms since when it is in that state; where the twin found it so, since when it is seen. Null: not known. */
  sinceMs: number | null;
  /** Whether the twin saw it change into that state. */
  sawChange: boolean;
  /** Command interfaces, as `elbow/position`: those that it has claimed, and those that it needs. */
  claimed: string[];
  required: string[];
  joints: string[];
  ways: CommandWay[];
  /** Null: the twin has sent it none since it started. */
  lastGoal: LastGoal | null;
  /** What is wrong with it, each as a sentence with what to do. */
  problems: string[];
};

export type RobotControllers = {
  robot: string;
  /** `isAnswering`: it has answered the last question. */
  managers: { name: string; isAnswering: boolean }[];
  controllers: ControllerReport[];
  /** What is wrong with no single one of them. */
  problems: string[];
};

/** What `GET /api/ros/controllers` answers. */
export type ControllersAnswer = { robots: RobotControllers[] };
