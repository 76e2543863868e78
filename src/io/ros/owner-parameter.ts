import { parentOf } from "./parent-name.ts";
import type { RclClient, RclNode } from "./rclnodejs-api.ts";

const getParameters = "rcl_interfaces/srv/GetParameters";
/** Of rcl_interfaces/msg/ParameterType. */
const text = 4;
const textList = 9;

/** The fields of rcl_interfaces/msg/ParameterValue that are read. */
type Value = { type: number; string_value?: string; string_array_value?: string[] };

/**
 * One parameter, text or a list of texts, of the node that has a topic or an action as its own. Asked alone: a node
 * answers nothing at all where one of several parameters is not declared.
 */
export class OwnerParameter {
  /** Null until its node has told; one text is a list of one. */
  value: readonly string[] | null = null;
  /** Null while nobody is asked. */
  private asking: RclClient | null = null;

  /** `owned`: an absolute name just below the node's own. */
  constructor(
    private readonly node: RclNode,
    private readonly owned: string,
    private readonly name: string,
  ) {}

  /** Called again, it asks again by the same client: an answer may be lost. */
  ask(): void {
    const owner = parentOf(this.owned);
    this.asking ??= this.node.createClient(getParameters, `${owner}/get_parameters`);
    if (!this.asking.isServiceServerAvailable()) {
      this.end();
      return;
    }
    this.asking.sendRequest({ names: [this.name] }, (response) => {
      const [value] = (response as { values: Value[] }).values;
      const told =
        value?.type === textList
          ? value.string_array_value
          : value?.type === text
            ? [value.string_value ?? ""]
            : [];
      const texts = (told ?? []).filter((one) => one !== "");
      if (texts.length > 0) this.value = texts;
      this.end();
    });
  }

  /** Asks no more. */
  end(): void {
    if (this.asking !== null) this.node.destroyClient(this.asking);
    this.asking = null;
  }
}
