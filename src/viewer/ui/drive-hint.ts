import { useControl, useDrives, useSignal, useViewer } from "./viewer-context.ts";

/** Why this page cannot command `robot` now, and what to do; null while it can. */
export function useDriveHint(robot: string | null): string | null {
  const viewer = useViewer();
  const drives = useDrives(robot);
  const control = useControl(robot);
  const phase = useSignal(viewer.driver.link.socket.phase);
  const block = useSignal(viewer.driver.block);
  if (block !== null) return block;
  if (control?.stopped != null) return "The robot is stopped. Press “Reset” first.";
  if (drives) return null;
  if (phase !== "open") return "There is no connection now. The page tries again by itself.";
  const holder = control?.lease?.yields === true ? undefined : control?.lease?.holder;
  if (holder !== undefined) return `${holder} drives. Only STOP works here until they stop driving.`;
  return "Press “Drive” at the top to take the controls.";
}
