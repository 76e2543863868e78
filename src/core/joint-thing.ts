/**
 * The owner of a joint's thing in the graph, `rover/joint/elbow`, and the prefix of its values' paths there, since they
 * are properties of the robot's thing. Null for any other thing.
 */
export function jointThing(id: string, type: string): { robot: string; prefix: string } | null {
  const [, robot, joint] = (type === "joint" ? /^(.+?)\/joint\/(.+)$/.exec(id) : null) ?? [];
  return robot === undefined ? null : { robot, prefix: `joint/${joint}/` };
}
