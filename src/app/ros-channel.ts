import { installedMessageText } from "../io/ros/installed-message-text.ts";
import { durability, type EndpointInfo } from "../io/ros/rclnodejs-api.ts";
import { offeredQosText } from "../protocol/mcap/offered-qos.ts";
import type { RecordedChannel } from "../protocol/mcap/recorded-channel.ts";
import { rosSchemaText } from "../protocol/ros-schema-text.ts";

/** What a bag says of a topic of ROS: its definition, and the QoS and type hash that its publishers offer. */
export function rosChannel(
  topic: string,
  type: string,
  publishers: readonly EndpointInfo[],
): RecordedChannel {
  const own = publishers.filter((info) => info.topic_type === type);
  const text = rosSchemaText(type, installedMessageText);
  const hash = own.map(typeHash).find((one) => one !== null);
  return {
    topic,
    messageEncoding: "cdr",
    schema: { name: type, encoding: text === null ? "" : "ros2msg", text: text ?? "" },
    metadata: {
      offered_qos_profiles: offeredQosText(own.map((info) => info.qos_profile)),
      ...(hash === undefined ? {} : { topic_type_hash: hash }),
    },
    isLatched: own.some((info) => info.qos_profile.durability === durability.transientLocal),
  };
}

/** As `RIHS01_…`; null where none is known. */
function typeHash({ topic_type_hash: hash }: EndpointInfo): string | null {
  if (hash === undefined || hash.version === 0 || hash.value.length !== 32) return null;
  return `RIHS${String(hash.version).padStart(2, "0")}_${Buffer.from(Array.from(hash.value)).toString("hex")}`;
}
