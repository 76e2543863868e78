/** A case's rows of numbers (make-trajectories.py's FIELDS) as what synchronisedProfiles takes. */
export function tasksOf(joints) {
  return {
    from: joints.map(([position, velocity, acceleration]) => ({ position, velocity, acceleration })),
    to: joints.map(([, , , position, velocity, acceleration]) => ({ position, velocity, acceleration })),
    limits: joints.map(([, , , , , , velocity, acceleration, jerk, minVelocity, minAcceleration]) => ({
      velocity,
      acceleration,
      jerk,
      minVelocity,
      minAcceleration,
    })),
  };
}
