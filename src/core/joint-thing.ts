/**
 * Of a joint's thing in the graph, `rover/joint/elbow`: whose it is, and what the paths of its values begin with there,
 * since they are properties of the robot's thing. Null for any other thing.
 */
export function jointThing(id: string, type: string): { robot: string; prefix: string } | null {
  const [, robot, joint] = (type === "joint" ? /^(.+?)\/joint\/(.+)$/.exec(id) : null) ?? [];
  return robot === undefined ? null : { robot, prefix: `joint/${joint}/` };
}
