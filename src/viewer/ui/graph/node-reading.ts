import { jointThing } from "../../../core/joint-thing.ts";
import { ownValue } from "../../../core/own-value.ts";
import type { ThingJson } from "../../../protocol/state-messages.ts";
import type { DiagramNode } from "../../diagram/twin-diagram.ts";
import { formatAge } from "../../store/format.ts";
import type { Freshness } from "../../store/freshness.ts";
import { stateWords } from "../../store/health.ts";
import type { Viewer } from "../../viewer.ts";
import { columnFreshness } from "../age.tsx";
import { lifeOf } from "../device-life.ts";
import { sourceTone } from "../status-bar.tsx";

/** `off`: nothing is measured here, and that is no fault. `stale`: the last known value. */
export type NodeTone = "good" | "doubt" | "bad" | "stale" | "off";

/** How a box is: its colour, one word for it, and what is written in it. */
export type NodeReading = { tone: NodeTone; word: string; text: string };

const tones: Record<Freshness, NodeTone> = { fresh: "good", late: "doubt", stale: "stale", unknown: "off" };
const words: Record<Freshness, string> = {
  ...{ fresh: "fresh", late: "late", stale: "stale", unknown: "not measured" },
};
const order: readonly NodeTone[] = ["bad", "stale", "doubt", "good", "off"];

/** Nothing of it is measured: it is there, and that is all. */
const plain = (text: string): NodeReading => ({ tone: "off", word: text, text });

/** How a box is now. `nowMs`: the moment that is shown, server ms. */
export function readNode(viewer: Viewer, node: DiagramNode, nowMs: number): NodeReading {
  const things = viewer.store.things.get();
  const thing = node.thing === null ? undefined : ownValue(things, node.thing);
  switch (node.kind) {
    case "twin":
      return plain(countWords(Object.values(things)));
    case "connection":
      return readConnection(viewer, node.paths[0] ?? "");
    case "joint":
      return readJoint(viewer, node.id, thing, nowMs);
    case "link":
      return plain("link");
    case "object":
      return plain(typeof thing?.definition.shape === "string" ? thing.definition.shape : "object");
    case "device": {
      if (thing === undefined) return plain("device");
      const { tone, word } = lifeOf(node.id, thing);
      return { tone, word, text: word };
    }
    case "robot":
      return readRobot(viewer, node.id, nowMs);
    case "base":
    case "signal":
    case "stream":
      return readValues(viewer, node, thing, nowMs);
  }
}

function countWords(things: readonly ThingJson[]): string {
  const count = (type: string, word: string): string => {
    const found = things.filter((thing) => thing.type === type).length;
    return `${found} ${word}${found === 1 ? "" : "s"}`;
  };
  return `${count("robot", "robot")}, ${count("device", "device")}`;
}

function readConnection(viewer: Viewer, name: string): NodeReading {
  const source = viewer.store.status.get()?.sources.find((one) => one.name === name);
  if (source === undefined) return plain("connection");
  const word = source.state === "ok" && source.reason !== undefined ? "waiting" : stateWords[source.state];
  return { tone: sourceTone(source), word, text: word };
}

function ofColumn(viewer: Viewer, robot: string, column: number, nowMs: number): NodeReading {
  return ofFreshness(columnFreshness(viewer, robot, column), viewer.store.motion.ageMs(column, nowMs));
}

function ofFreshness(freshness: Freshness, ageMs: number): NodeReading {
  const word = words[freshness];
  const age = formatAge(ageMs);
  const text = freshness === "unknown" ? word : freshness === "fresh" ? age : `${word}, ${age}`;
  return { tone: tones[freshness], word, text };
}

function readJoint(viewer: Viewer, id: string, thing: ThingJson | undefined, nowMs: number): NodeReading {
  const { robot, prefix } = jointThing(id, "joint") ?? { robot: "", prefix: "" };
  const type = typeof thing?.definition.type === "string" ? thing.definition.type : "joint";
  if (type === "fixed") return plain("fixed");
  const column = viewer.store.motion.columnOf(robot, "reported", `${prefix}position`, 0);
  const reading = ofColumn(viewer, robot, column, nowMs);
  const mimics = thing?.definition.mimic;
  if (reading.tone === "off" && typeof mimics === "object" && mimics !== null)
    return plain(`${type}, follows`);
  return reading.tone === "good" ? { ...reading, text: `${type}, ${reading.text}` } : reading;
}

/** A robot is as its worst joint; one without joints as its base. */
function readRobot(viewer: Viewer, robot: string, nowMs: number): NodeReading {
  const facet = viewer.store.motion.facet(robot, "reported");
  const columns = [...(facet?.joints.values() ?? [])].map(({ position }) => position);
  if (columns.length === 0 && facet !== undefined) columns.push(facet.basePose);
  const readings = columns
    .filter((column) => column >= 0)
    .map((column) => ofColumn(viewer, robot, column, nowMs));
  const worst = worstOf(readings);
  if (worst === null || worst.tone === "off") return plain("not measured");
  const count = readings.filter(({ tone }) => tone === worst.tone).length;
  if (worst.tone === "good") return { ...worst, text: `robot, ${worst.text}` };
  return { ...worst, text: `${count} of ${readings.length} ${worst.word}` };
}

export function worstOf(readings: readonly NodeReading[]): NodeReading | null {
  let worst: NodeReading | null = null;
  for (const one of readings) {
    if (worst === null || order.indexOf(one.tone) < order.indexOf(worst.tone)) worst = one;
  }
  return worst;
}

/** Several values are as their newest: a topic that brings one of them is alive. Joint and base motion is in the frames. */
function readValues(
  viewer: Viewer,
  node: DiagramNode,
  thing: ThingJson | undefined,
  nowMs: number,
): NodeReading {
  const { motion } = viewer.store;
  let best: NodeReading | null = null;
  let youngest = Number.POSITIVE_INFINITY;
  for (const path of node.paths) {
    const column = node.thing === null ? -1 : motion.columnOf(node.thing, "reported", path, 0);
    const register = thing?.properties[path]?.reported;
    const ageMs =
      column >= 0 ? motion.ageMs(column, nowMs) : register === undefined ? -1 : nowMs - register.received;
    if (ageMs < 0 || ageMs >= youngest) continue;
    youngest = ageMs;
    if (column >= 0 && node.thing !== null) best = ofColumn(viewer, node.thing, column, nowMs);
    else {
      const isGood = register?.quality === "good";
      best = ofFreshness(isGood ? "fresh" : "stale", ageMs);
      if (register?.quality === "bad") best = { ...best, tone: "bad", word: "bad" };
    }
  }
  return best ?? plain("not measured");
}
