import type { SourceStatus } from "../../protocol/state-messages.ts";

export type HealthTone = "good" | "doubt" | "bad";

/** One thing that can be wrong: a word for the bar, a sentence, and what to do where a person can do something. */
export type HealthPart = { tone: HealthTone; word: string; sentence: string; remedy?: string };

/** What the page knows of itself, its server, the sources behind it and the robot. */
export type HealthFacts = {
  /** Why the server does not let this page in; null when it does. */
  access: string | null;
  link: "open" | "silent" | "closed";
  /** How old what is drawn is, in words; null before anything was. */
  shownAge: string | null;
  /** ms that the newest frame is behind the server's clock; null before the first. */
  behindMs: number | null;
  isDesign: boolean;
  sources: readonly SourceStatus[];
  /** The chosen robot; null before a description. `problem`: why it cannot be drawn. */
  robot: { name: string; problem: string | null; isUnmeasured: boolean; stale: readonly string[] } | null;
};

const behindFromMs = 700;
const order: readonly HealthTone[] = ["bad", "doubt", "good"];

/** Everything that is wrong, the worst first; one good part when nothing is. Every indicator of the page reads it. */
export function healthOf(facts: HealthFacts): [HealthPart, ...HealthPart[]] {
  const link = linkFault(facts);
  // Without the server nothing else that is known holds.
  if (link?.tone === "bad") return [link];
  if (facts.isDesign) {
    return [
      { tone: "good", word: "design", sentence: "A description is shown; there is no robot behind it." },
    ];
  }
  const faults = [link, ...facts.sources.map(sourceFault), ...robotFaults(facts)];
  const [worst, ...rest] = faults
    .filter((part): part is HealthPart => part !== null)
    .sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
  const fine = { tone: "good", word: "OK", sentence: "Connected; every value is fresh." } as const;
  return [worst ?? fine, ...rest];
}

function linkFault({ access, link, shownAge, behindMs }: HealthFacts): HealthPart | null {
  if (access !== null) return { tone: "bad", word: "no access", sentence: access };
  if (link === "closed") {
    const since = shownAge === null ? "" : ` What you see is ${shownAge} old.`;
    return { tone: "bad", word: "no server", sentence: `The server does not answer; trying again.${since}` };
  }
  if (link === "silent") {
    const sentence = "The connection is open, but the server sends nothing.";
    return { tone: "bad", word: "silent", sentence };
  }
  if (behindMs === null || behindMs < behindFromMs) return null;
  return {
    tone: "doubt",
    word: "slow",
    sentence: `What you see is ${(behindMs / 1000).toFixed(1)} s behind: the network or this computer is slow.`,
    remedy: "Close other pages and programs, or move closer to the access point.",
  };
}

function sourceFault({ name, state, detail, reason, remedy }: SourceStatus): HealthPart | null {
  if (state === "off" || (state === "ok" && reason === undefined)) return null;
  const what = reason ?? (detail === "" ? state : detail);
  const fallback = sourceRemedy(state);
  const said = remedy ?? fallback;
  return {
    tone: state === "error" ? "bad" : "doubt",
    word: state === "ok" ? "waiting" : `${name} ${stateWords[state]}`,
    sentence: capital(what.includes(name) ? what : `${name}: ${what}`),
    ...(said === undefined ? {} : { remedy: capital(said) }),
  };
}

/** The sentence of a part and what to do, one after the other. */
export function inWords({ sentence, remedy }: HealthPart): string {
  return [sentence, remedy]
    .filter((text) => text !== undefined)
    .map((text) => (/[.?!]$/.test(text) ? text : `${text}.`))
    .join(" ");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** How a source's state is called on the page. */
export const stateWords: Record<SourceStatus["state"], string> = {
  off: "off",
  connecting: "connecting",
  ok: "connected",
  lost: "lost",
  error: "fault",
};

/** What to do about a source that brings no remedy of its own. */
export function sourceRemedy(state: SourceStatus["state"]): string | undefined {
  switch (state) {
    case "connecting":
      return "Retrying automatically. Is the other end running?";
    case "lost":
      return "Connection lost. It will reconnect automatically.";
    case "error":
      return "Run “twin doctor” on the server's machine: it finds the cause and names a remedy.";
    default:
      return undefined;
  }
}

function robotFaults({ robot, sources }: HealthFacts): HealthPart[] {
  if (robot === null) {
    // A source that says why is enough.
    if (sources.some(({ reason }) => reason !== undefined)) return [];
    const sentence = sources.some(({ name }) => name === "ros")
      ? "Waiting for a robot description. No source has sent one yet."
      : "No robot here: the twin runs without ROS 2, and no URDF was given.";
    const remedy = "Run “twin doctor” on the server's machine: it names what is missing.";
    return [{ tone: "doubt", word: "no robot", sentence, remedy }];
  }
  const { name, problem, isUnmeasured, stale } = robot;
  const faults: HealthPart[] = [];
  if (problem !== null) {
    const sentence = `${name} cannot be drawn: ${problem}.`;
    faults.push({ tone: "bad", word: "no model", sentence, remedy: "Check it with “twin model check”." });
  }
  if (stale.length > 0) faults.push({ tone: "doubt", word: "stale", sentence: stale.join(" · ") });
  else if (isUnmeasured) faults.push({ tone: "doubt", word: "waiting", ...unmeasured(name) });
  return faults;
}

/** Why a robot stands grey although nothing of it went stale. */
function unmeasured(name: string): { sentence: string; remedy: string } {
  return {
    sentence: `No joint of ${name} has been measured yet: its pose is not known, so it is drawn grey.`,
    remedy:
      "Start the program that publishes its joint states, or a device that measures its joints; see Sources.",
  };
}
