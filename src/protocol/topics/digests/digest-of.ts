import { bareTypeName } from "../../ros-schema-text.ts";
import { DiagnosticsDigest } from "./diagnostics-digest.ts";
import { LogDigest } from "./log-digest.ts";
import type { TopicDigest } from "./topic-digest.ts";
import { TransformsDigest } from "./transforms-digest.ts";

/** The digest for a type of messages; null: its newest message says all. */
export function digestOf(type: string): TopicDigest | null {
  switch (bareTypeName(type)) {
    case "rcl_interfaces/Log":
      return new LogDigest();
    case "diagnostic_msgs/DiagnosticArray":
      return new DiagnosticsDigest();
    case "tf2_msgs/TFMessage":
      return new TransformsDigest();
    default:
      return null;
  }
}
