/**
 * What can go wrong with a joint on demand:
 *
 * - `friction`: this much dry friction more, N·m or N
 * - `torque`: the actuator has this share of its strength left, 0 … 1
 * - `encoderBias`: the encoder says this much more than is true, rad or m
 * - `stuck`: the joint does not move whatever drives it
 * - `deadSensor`: the encoder stays at its last value
 */
export type JointFault =
  | { kind: "friction"; added: number }
  | { kind: "torque"; left: number }
  | { kind: "encoderBias"; bias: number }
  | { kind: "stuck" }
  | { kind: "deadSensor" };

export const faultKinds = ["friction", "torque", "encoderBias", "stuck", "deadSensor"] as const;
