import type { Layout } from "./layout/layout.ts";

/** What of the page a link's layout needs. */
type Arranged = {
  readonly panels: readonly string[];
  drives(): boolean;
  hasRobotOf(layout: Layout): boolean;
  show(layout: Layout): string | null;
};

const parameter = "layout";
const pollMs = 100;
/** How long a layout waits for its robot after the first one was there, ms. */
const patienceMs = 4000;

/**
 * Shows the layout that the address holds as `#layout=`, now or after it changed, once there is a robot, and takes it
 * out of the address. `say` gets one sentence. While the page drives, nothing is changed.
 */
export function followLayoutLink(arrangement: Arranged, say: (sentence: string) => void): void {
  const take = () => {
    const url = new URL(location.href);
    const rest = new URLSearchParams(url.hash.replace(/^#/, ""));
    const text = rest.get(parameter);
    if (text === null) return;
    rest.delete(parameter);
    // Colons of `at=` stay readable, as time/moment-link.ts writes them.
    url.hash = rest.toString().replaceAll("%3A", ":");
    history.replaceState(history.state, "", url);
    void open(text);
  };
  const open = async (text: string) => {
    const refuse = (why: string) => say(`The link's layout is not shown: ${why}. Nothing was changed.`);
    const { readLayoutLink } = await import("./layout/layout-text.ts");
    const read = await readLayoutLink(text, arrangement.panels);
    if (!read.ok) return refuse(read.reason);
    const { name, layout } = read.value;
    await robotOf(arrangement, layout);
    if (arrangement.drives()) return refuse("you drive. Stop driving and open the link again");
    const why = arrangement.show(layout);
    if (why !== null) return refuse(why);
    say(`The link's layout “${name}” is shown. Ctrl Z brings back what was there before.`);
  };
  addEventListener("hashchange", take);
  take();
}

/** Resolves once a layout's robot is here, or does not come although another one did. */
async function robotOf(arrangement: Arranged, layout: Layout): Promise<void> {
  let waitedMs = 0;
  while (!arrangement.hasRobotOf(layout) && waitedMs < patienceMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    if (arrangement.hasRobotOf({ ...layout, robot: null })) waitedMs += pollMs;
  }
}
