import {
  IconAdjustmentsHorizontal,
  IconCpu,
  IconFlag,
  IconHierarchy2,
  IconInfoSquareRounded,
  IconPlugConnected,
  IconSteeringWheel,
  IconVector,
} from "@tabler/icons-react";

/** The panels in the rail's order. */
export const panels = [
  { name: "overview", label: "Overview", icon: IconInfoSquareRounded },
  { name: "joints", label: "Joints", icon: IconAdjustmentsHorizontal },
  { name: "drive", label: "Drive", icon: IconSteeringWheel },
  { name: "devices", label: "Devices", icon: IconCpu },
  { name: "graph", label: "Graph", icon: IconHierarchy2 },
  { name: "frames", label: "Frames", icon: IconVector },
  { name: "events", label: "Events", icon: IconFlag },
  { name: "sources", label: "Sources", icon: IconPlugConnected },
] as const;

export type PanelName = (typeof panels)[number]["name"];
