import type { ChannelKind } from "../../protocol/foxglove/server-messages.ts";
import { bareTypeName, type FindMessageText, rosSchemaText } from "../../protocol/ros-schema-text.ts";

/** The types of what the twin makes itself. */
export const rosTypes = {
  text: "std_msgs/msg/String",
  jointState: "sensor_msgs/msg/JointState",
  transforms: "tf2_msgs/msg/TFMessage",
} as const;

/** What topics of ROS 2 are as channels. Each type's schema is put together once. */
export class RosChannels {
  private readonly schemas = new Map<string, string | null>();
  private readonly kinds = new Map<string, ChannelKind | null>();

  constructor(private readonly find: FindMessageText) {}

  /** `type` as `sensor_msgs/msg/JointState`; null: its definition is not known, so nobody could read its messages. */
  kindOf(topic: string, type: string): ChannelKind | null {
    const key = `${topic} ${type}`;
    let kind = this.kinds.get(key);
    if (kind === undefined) {
      const schema = this.schemaOf(type);
      kind =
        schema === null
          ? null
          : { topic, encoding: "cdr", schemaName: longName(type), schemaEncoding: "ros2msg", schema };
      this.kinds.set(key, kind);
    }
    return kind;
  }

  private schemaOf(type: string): string | null {
    let schema = this.schemas.get(type);
    if (schema === undefined) {
      schema = rosSchemaText(type, this.find);
      this.schemas.set(type, schema);
    }
    return schema;
  }
}

function longName(type: string): string {
  return bareTypeName(type).replace("/", "/msg/");
}

/** The topics that publishers latch (transient local) among those that the twin listens to. */
export function isLatched(topic: string): boolean {
  return /(?:^|\/)(?:robot_description|robot_description_semantic|tf_static|map)$/.test(topic);
}
