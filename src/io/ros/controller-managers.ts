import type { InactiveController } from "../../command/gate-output.ts";
import { type ListedController, type SeenManager, stateProblem } from "./controller-state.ts";
import { GoalTypeCheck } from "./goal-type-check.ts";
import { parentOf } from "./parent-name.ts";
import type { RclClient, RclNode } from "./rclnodejs-api.ts";

const type = "controller_manager_msgs/srv/ListControllers";
const leaf = "/controller_manager/list_controllers";
/** How often a manager is asked, and how long an answer is waited for, ms. */
const askEveryMs = 1000;
const answerWithinMs = 5000;

type Manager = {
  client: RclClient;
  check: GoalTypeCheck;
  askedAt: number;
  isWaiting: boolean;
  controllers: ListedController[] | null;
  /** Since when each is in its state, by name. */
  since: Map<string, { state: string; sinceMs: number; sawChange: boolean }>;
};

/**
 * The controller_managers of one robot: which of its controllers are loaded but not active. A controller's topics and actions
 * are there before it is active, and what is sent to it then is lost or moves nothing.
 */
export class ControllerManagers {
  private readonly managers = new Map<string, Manager>();
  /** Those whose service cannot be used, each reported once. */
  private readonly unusable = new Set<string>();

  constructor(
    private readonly node: RclNode,
    /** Whether a service of that absolute name is this robot's. */
    private readonly isOurs: (name: string) => boolean,
    /** Server ms. */
    private readonly now: () => number,
    private readonly warn: (text: string) => void,
  ) {}

  /** Looks at the ROS graph, and asks those that are there. */
  poll(): void {
    const there = this.node
      .getServiceNamesAndTypes()
      .filter(({ name, types }) => name.endsWith(leaf) && types.includes(type) && this.isOurs(name))
      .map(({ name }) => name);
    for (const name of there) if (!this.managers.has(name)) this.add(name);
    for (const [name, manager] of this.managers) {
      if (!there.includes(name)) this.drop(name, manager);
      else this.ask(name, manager);
    }
  }

  /** Asks again at the next look: a controller has just refused something. */
  askSoon(): void {
    for (const manager of this.managers.values()) manager.askedAt = Number.NEGATIVE_INFINITY;
  }

  /** Why the controller whose own topic or action this is takes nothing now, with the remedy; null: it does, or nobody knows. */
  objection(owned: string): string | null {
    return this.objectionTo(parentOf(owned));
  }

  /** The same for a controller's node, by its absolute name. */
  objectionTo(nodeName: string): string | null {
    for (const [manager, { controllers }] of this.managers) {
      const found = controllers?.find(({ name }) => `${namespaceOf(manager)}/${name}` === nodeName);
      if (found !== undefined) return stateProblem(found, parentOf(manager));
    }
    return null;
  }

  /** Controllers that drive something and are not active. */
  inactive(): InactiveController[] {
    return [...this.managers].flatMap(([manager, { controllers }]) =>
      (controllers ?? []).flatMap((listed): InactiveController[] => {
        const reason = stateProblem(listed, parentOf(manager));
        if (reason === null || /broadcaster/i.test(listed.type)) return [];
        const interfaces = [...listed.claimed_interfaces, ...listed.required_command_interfaces];
        const joints = [...new Set(interfaces.map(parentOf))];
        const name = `${namespaceOf(manager)}/${listed.name}`;
        return [{ name, kind: listed.type, state: listed.state, joints, reason }];
      }),
    );
  }

  /** All managers with what they answered last. */
  seen(): SeenManager[] {
    return [...this.managers].map(([service, { controllers, since }]) => ({
      name: parentOf(service),
      controllers:
        controllers?.map((listed) => {
          const { sinceMs = this.now(), sawChange = false } = since.get(listed.name) ?? {};
          return { ...listed, sinceMs, sawChange };
        }) ?? null,
    }));
  }

  private noteStates({ since }: Manager, controllers: readonly ListedController[]): void {
    const names = new Set(controllers.map(({ name }) => name));
    const isFirst = since.size === 0;
    for (const name of since.keys()) if (!names.has(name)) since.delete(name);
    for (const { name, state } of controllers) {
      if (since.get(name)?.state === state) continue;
      since.set(name, { state, sinceMs: this.now(), sawChange: !isFirst });
    }
  }

  end(): void {
    for (const [name, manager] of this.managers) this.drop(name, manager);
  }

  private add(name: string): void {
    if (this.unusable.has(name)) return;
    try {
      this.managers.set(name, {
        client: this.node.createClient(type, name),
        check: GoalTypeCheck.ofAnswer(this.node, name, type, "twin_commands"),
        askedAt: Number.NEGATIVE_INFINITY,
        isWaiting: false,
        controllers: null,
        since: new Map(),
      });
    } catch {
      this.giveUp(
        name,
        `${type} is not installed where the twin runs: install its package, then run \`twin ros setup\``,
      );
    }
  }

  private ask(name: string, manager: Manager): void {
    const now = this.now();
    if (!manager.client.isServiceServerAvailable()) {
      manager.controllers = null;
      manager.isWaiting = false;
      return;
    }
    if (now - manager.askedAt < (manager.isWaiting ? answerWithinMs : askEveryMs)) return;
    const fault = manager.check.fault();
    if (fault !== null) {
      this.drop(name, manager);
      this.giveUp(name, fault);
      return;
    }
    // One that does not answer is not known any more.
    if (manager.isWaiting) manager.controllers = null;
    manager.askedAt = now;
    manager.isWaiting = true;
    manager.client.sendRequest({}, (response) => {
      manager.isWaiting = false;
      manager.controllers = (response as { controller: ListedController[] }).controller;
      this.noteStates(manager, manager.controllers);
    });
  }

  private giveUp(name: string, reason: string): void {
    this.unusable.add(name);
    this.warn(`${name} cannot be asked which controllers are active: ${reason}`);
  }

  private drop(name: string, { client }: Manager): void {
    this.managers.delete(name);
    this.node.destroyClient(client);
  }
}

/** `/r1/controller_manager/list_controllers` → `/r1`; the root's is empty. */
function namespaceOf(service: string): string {
  return service.slice(0, -leaf.length);
}
