import { ownValue } from "../../core/own-value.ts";
import type { ThingJson } from "../../protocol/state-messages.ts";

export type Tone = "good" | "doubt" | "bad";

/** A device's life in a word, and how far to trust what it says. */
export function lifeOf(id: string, device: ThingJson): { tone: Tone; word: string } {
  const status = device.properties[`${id}/status`]?.reported;
  const word = typeof status?.value === "string" ? status.value : "online";
  if (word === "offline" || word === "lost") return { tone: "bad", word };
  if (status?.quality === "uncertain") return { tone: "doubt", word: "not known: no broker" };
  if (word === "sleeping") return { tone: "doubt", word };
  const reported = Object.entries(device.properties).flatMap(([path, { reported: one }]) =>
    one === undefined || path === `${id}/status` ? [] : [one],
  );
  const isBad = (quality: string) => reported.some((one) => one.quality === quality);
  if (isBad("bad")) return { tone: "bad", word: "a value is bad" };
  if (isBad("uncertain")) return { tone: "doubt", word: "uncertain" };
  return { tone: "good", word };
}

/** Why a firmware keeps its output off (docs/devices.md), in words, and whether that is a fault. */
const causes: Record<string, { words: string; isFault: boolean }> = {
  boot: { words: "not commanded since it started", isFault: false },
  silence: { words: "no commands arrive", isFault: false },
  link: { words: "its link was cut", isFault: true },
  sensor: { words: "its position sensor has no value", isFault: true },
  supply: { words: "its supply is too low", isFault: true },
  overrun: { words: "its control loop was late", isFault: true },
};

/** What the firmware of a driving device is doing, in words; null for other devices. */
export function firmwareState(id: string, device: ThingJson): { tone: Tone; text: string } | null {
  const state = device.properties[`${id}/state`]?.reported?.value;
  const cause = device.properties[`${id}/cause`]?.reported?.value;
  if (state === "active") return { tone: "good", text: "driving its joint" };
  if (state !== "failsafe") return null;
  const known = typeof cause === "string" ? ownValue(causes, cause) : undefined;
  const why = known?.words ?? (typeof cause === "string" && cause !== "" ? cause : "no reason given");
  return { tone: known?.isFault === true ? "bad" : "doubt", text: `failsafe, output off: ${why}` };
}

/** The joints a device drives, by its birth. */
export function drivenJoints(device: ThingJson): string[] {
  const { signals } = device.definition;
  if (typeof signals !== "object" || signals === null) return [];
  return Object.values(signals).flatMap((about: unknown) => {
    if (typeof about !== "object" || about === null) return [];
    const { writable, property, joint } = about as Record<string, unknown>;
    return writable === true && property === "position" && typeof joint === "string" ? [joint] : [];
  });
}

/** Profile, firmware and boots in one line. */
export function bootLine({ definition }: ThingJson): string {
  const { profile, firmware, boot, boots } = definition;
  const parts: string[] = [];
  if (typeof profile === "string") parts.push(`${profile} profile`);
  if (typeof firmware === "string" && firmware !== "") parts.push(`firmware ${firmware}`);
  if (typeof boots === "number" && boots > 1) parts.push(`started ${boots} times`);
  if (typeof boot === "number") parts.push(`boot ${boot}`);
  return parts.join(" · ");
}
