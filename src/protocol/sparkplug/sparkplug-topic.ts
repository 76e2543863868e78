/** What an edge node says. */
export type SparkplugVerb = "NBIRTH" | "NDEATH" | "NDATA" | "DBIRTH" | "DDEATH" | "DDATA";

/** `device` is null for what an edge node says of itself. */
export type SparkplugTopic = { group: string; verb: SparkplugVerb; node: string; device: string | null };

/** Root of every topic of Sparkplug B, with its slash. */
export const sparkplugRoot = "spBv1.0/";

const nodeVerbs: ReadonlySet<string> = new Set(["NBIRTH", "NDEATH", "NDATA"]);
const deviceVerbs: ReadonlySet<string> = new Set(["DBIRTH", "DDEATH", "DDATA"]);
const maxIdChars = 128;

/** Parts of `spBv1.0/group/verb/node[/device]`; null for anything else. */
export function parseSparkplugTopic(topic: string): SparkplugTopic | null {
  if (!topic.startsWith(sparkplugRoot)) return null;
  const [group = "", verb = "", node = "", device, ...more] = topic.slice(sparkplugRoot.length).split("/");
  if (group === "" || node === "" || device === "" || more.length > 0) return null;
  if (group.length > maxIdChars || node.length > maxIdChars || (device?.length ?? 0) > maxIdChars)
    return null;
  if (!(device === undefined ? nodeVerbs : deviceVerbs).has(verb)) return null;
  return { group, verb: verb as SparkplugVerb, node, device: device ?? null };
}

/** Filters for all that edge nodes of these groups say; no group means all of them. */
export function sparkplugFilters(groups: readonly string[]): string[] {
  const wanted = groups.length === 0 ? ["+"] : groups;
  return wanted.flatMap((group) => [
    ...[...nodeVerbs].map((verb) => `${sparkplugRoot}${group}/${verb}/+`),
    ...[...deviceVerbs].map((verb) => `${sparkplugRoot}${group}/${verb}/+/+`),
  ]);
}

/** Where an edge node, or one of its devices, listens for commands. */
export function sparkplugCommandTopic(group: string, node: string, device: string | null): string {
  return device === null
    ? `${sparkplugRoot}${group}/NCMD/${node}`
    : `${sparkplugRoot}${group}/DCMD/${node}/${device}`;
}
