import type { ControlStatus } from "../../protocol/state-messages.ts";
import { takesCommands } from "./control-extras.ts";

/**
 * Whether STOP belongs on the page. It always does, with one exception: a design twin whose server says that no
 * robot behind it can be commanded, driven or is stopped.
 */
export function stopBelongs(isDesign: boolean, control: readonly ControlStatus[]): boolean {
  if (!isDesign) return true;
  return control.some(({ lease, stopped, can }) => lease !== null || stopped !== null || takesCommands(can));
}
