import type { GoalReport } from "../../command/gate-output.ts";
import type { RobotService, RobotTask } from "../../command/robot-task.ts";
import type { RclClient, RclNode } from "./rclnodejs-api.ts";

const trigger = "std_srvs/srv/Trigger";
const setBool = "std_srvs/srv/SetBool";

type ServiceTask = Extract<RobotTask, { kind: "service" }>;
type Known = { type: string; client: RclClient; running: Set<string> };

/** The services of one robot that its configuration allows to be called, found as they come and go. */
export class AllowedServices {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly node: RclNode,
    /** Absolute names. */
    private readonly allowed: readonly string[],
    private readonly report: (report: GoalReport) => void,
  ) {}

  current(): RobotService[] {
    return [...this.known]
      .filter(([, { client }]) => client.isServiceServerAvailable())
      .map(([name, { type }]) => ({ name, takesData: type === setBool }));
  }

  /** Looks at the ROS graph. */
  poll(): void {
    if (this.allowed.length === 0) return;
    const offered = new Map(this.node.getServiceNamesAndTypes().map(({ name, types }) => [name, types]));
    for (const name of this.allowed) {
      const types = offered.get(name) ?? [];
      const type = types.find((one) => one === trigger || one === setBool);
      const known = this.known.get(name);
      if (known !== undefined && known.type !== type) this.drop(name, known);
      if (type === undefined || this.known.has(name)) continue;
      this.known.set(name, { type, client: this.node.createClient(type, name), running: new Set() });
    }
  }

  send({ id: goalId, target, data }: ServiceTask): void {
    const known = this.known.get(target);
    if (known === undefined || !known.client.isServiceServerAvailable()) {
      const message = `${target} is gone`;
      this.report({ goalId, stage: "aborted", code: "controller_gone", message });
      return;
    }
    known.running.add(goalId);
    known.client.sendRequest(data === null ? {} : { data }, (response) => {
      if (!known.running.delete(goalId)) return;
      const { success, message } = response as { success: boolean; message: string };
      if (success) this.report({ goalId, stage: "done", code: "ok", message });
      else {
        const text = message || `${target} reports no success`;
        this.report({ goalId, stage: "aborted", code: "service_failed", message: text });
      }
    });
  }

  end(): void {
    for (const { client } of this.known.values()) this.node.destroyClient(client);
    this.known.clear();
  }

  private drop(name: string, { client, running }: Known): void {
    this.known.delete(name);
    this.node.destroyClient(client);
    for (const goalId of running) {
      const message = `${name} is gone before it answered: whether it did what was asked is not known`;
      this.report({ goalId, stage: "aborted", code: "controller_gone", message });
    }
  }
}
