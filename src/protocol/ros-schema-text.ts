import { ros2jazzy } from "@foxglove/rosmsg-msgs-common";
import { ownValue } from "../core/own-value.ts";

type Definition = (typeof ros2jazzy)["std_msgs/String"];
type Field = Definition["definitions"][number];

/** The text of a package's `.msg` file, by a name as `std_msgs/Header`; null: there is none. */
export type FindMessageText = (name: string) => string | null;

/** Between the parts of a schema, as MCAP's registry of `ros2msg` has it. */
const rule = "=".repeat(80);
/** What no real type is made of: a definition that contains itself has no end. */
const mostParts = 512;

const primitives = new Set(
  `bool byte char float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64 string wstring`.split(
    " ",
  ),
);

/**
 * The schema of `type` (as `sensor_msgs/msg/JointState`) as `ros2msg` text: its definition, then those of all it is made
 * of. Null where the definition of one of them is not found.
 */
export function rosSchemaText(type: string, find: FindMessageText = knownMessageText): string | null {
  const own = bareTypeName(type);
  const parts = new Map<string, string>();
  const waiting = [own];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (parts.has(next)) continue;
    const text = find(next) ?? knownMessageText(next);
    if (text === null || parts.size > mostParts) return null;
    parts.set(next, text.trimEnd());
    waiting.push(...typesIn(text, next.slice(0, next.indexOf("/"))));
  }
  const others = [...parts].filter(([name]) => name !== own);
  return [parts.get(own), ...others.map(([name, text]) => `${rule}\nMSG: ${name}\n${text}`)].join("\n");
}

/** `sensor_msgs/msg/JointState` and `sensor_msgs/JointState` both as the latter. */
export function bareTypeName(type: string): string {
  return type.replace("/msg/", "/");
}

/** The types of other definitions that a `.msg` text has fields of. */
function typesIn(text: string, ownPackage: string): string[] {
  const found: string[] = [];
  for (const line of text.split("\n")) {
    const [, type = ""] = /^\s*([A-Za-z][\w/]*)(?:<=\d+)?(?:\[[^\]]*\])?\s+[A-Za-z]\w*/.exec(line) ?? [];
    if (type === "" || primitives.has(type)) continue;
    const bare = bareTypeName(type);
    found.push(bare.includes("/") ? bare : `${ownPackage}/${bare}`);
  }
  return found;
}

/** The usual definitions of ROS 2, for a machine that has none installed. */
export function knownMessageText(name: string): string | null {
  const definition = ownValue<Definition>(ros2jazzy, name);
  return definition === undefined ? null : definition.definitions.map(lineOf).join("\n");
}

function lineOf(field: Field): string {
  const type = field.type === "time" ? "builtin_interfaces/Time" : field.type;
  const real = type === "duration" ? "builtin_interfaces/Duration" : type;
  if (field.isConstant === true) return `${real} ${field.name}=${field.valueText ?? String(field.value)}`;
  const { arrayLength, arrayUpperBound, isArray, defaultValue } = field;
  const size = isArray !== true ? "" : `[${arrayLength ?? (arrayUpperBound ? `<=${arrayUpperBound}` : "")}]`;
  const preset = defaultValue === undefined ? "" : ` ${JSON.stringify(defaultValue)}`;
  return `${real}${size} ${field.name}${preset}`;
}
