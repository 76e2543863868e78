/** Where all joints of a robot are over time, in s from the start; the check owns no array of it. */
export interface MotionOfJoints {
  readonly duration: number;
  /** Writes the configuration (order of RobotModel) at `time`. */
  configurationAt(time: number, q: Float64Array): void;
  /** Writes what each velocity coordinate may be at most between `from` and `until`, rad/s or m/s, not below 0. */
  fastestWithin(from: number, until: number, out: Float64Array): void;
}
