/** A name without its last part: the node of its own action or topic, the joint of an interface; empty: there is none. */
export function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/"));
}
