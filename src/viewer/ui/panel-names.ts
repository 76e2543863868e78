import {
  IconAdjustmentsHorizontal,
  IconArrowsMove,
  IconBox,
  IconChartLine,
  IconCpu,
  IconFlag,
  IconHandGrab,
  IconHierarchy2,
  IconInfoSquareRounded,
  IconListNumbers,
  IconPlugConnected,
  IconRadar2,
  IconSteeringWheel,
  IconTopologyStar3,
  IconVector,
} from "@tabler/icons-react";

/** The panels in the rail's order. `buttonName` tells a panel's button from another button of the same label. */
export const panels = [
  { name: "overview", label: "Overview", icon: IconInfoSquareRounded },
  { name: "joints", label: "Joints", icon: IconAdjustmentsHorizontal },
  { name: "tool", label: "Tool", icon: IconArrowsMove },
  { name: "drive", label: "Drive", buttonName: "Drive panel", icon: IconSteeringWheel },
  { name: "actions", label: "Actions", icon: IconHandGrab },
  { name: "poses", label: "Poses", icon: IconListNumbers },
  { name: "scene", label: "Scene", icon: IconBox },
  { name: "devices", label: "Devices", icon: IconCpu },
  { name: "graph", label: "Graph", icon: IconHierarchy2 },
  { name: "frames", label: "Frames", icon: IconVector },
  { name: "topics", label: "Topics", icon: IconRadar2 },
  { name: "ros", label: "ROS", icon: IconTopologyStar3 },
  { name: "plots", label: "Plots", icon: IconChartLine },
  { name: "events", label: "Events", icon: IconFlag },
  { name: "sources", label: "Sources", icon: IconPlugConnected },
] as const satisfies readonly Panel[];

type Panel = { name: string; label: string; buttonName?: string; icon: typeof IconCpu };

export type PanelName = (typeof panels)[number]["name"];
