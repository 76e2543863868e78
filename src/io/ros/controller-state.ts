/** The fields of controller_manager_msgs/msg/ControllerState that are read. */
export type ListedController = {
  name: string;
  state: string;
  type: string;
  claimed_interfaces: string[];
  required_command_interfaces: string[];
};

/** A controller_manager as it answered last. `controllers` is null where it does not answer. Names are absolute. */
export type SeenManager = { name: string; controllers: readonly SeenController[] | null };
/** `sinceMs`: server ms since when it is in its state, or seen in it where it was not seen to change. */
export type SeenController = ListedController & { sinceMs: number; sawChange: boolean };

/** Why a controller does nothing, with what to do; null: it is active. `manager`: absolute. */
export function stateProblem({ name, state }: ListedController, manager: string): string | null {
  if (state === "active") return null;
  const which = manager === "/controller_manager" ? "" : ` -c ${manager}`;
  const set = (to: string) => `\`ros2 control set_controller_state${which} ${name} ${to}\``;
  if (state === "inactive") return `${name} is inactive: activate it with ${set("active")}`;
  if (state === "unconfigured") {
    return `${name} is unconfigured: configure it with ${set("inactive")}, then activate it with ${set("active")}`;
  }
  return `${name} is ${state}: load it again (\`ros2 control load_controller${which} --set-state active ${name}\`)`;
}
