import { qualities } from "../../core/quality.ts";
import {
  type SampleChunk,
  type SampleKind,
  type SeriesInfo,
  sampleKinds,
} from "../../history/history-query.ts";
import type { PropertyJson, RegisterJson, ThingJson, TwinJson } from "../../protocol/state-messages.ts";

/** The graph at a moment of the past, which goes on by the samples that came then. */
export class PastGraph {
  readonly things: Record<string, ThingJson>;

  constructor(twin: TwinJson) {
    this.things = twin.things;
  }

  /** Takes over things that have come into being since. */
  learn(twin: TwinJson): void {
    for (const [id, thing] of Object.entries(twin.things))
      if (!Object.hasOwn(this.things, id)) this.things[id] = thing;
  }

  /** One sample of a chunk: what it did to the graph then. False: its thing is not known here. */
  apply(chunk: SampleChunk, i: number): boolean {
    const { series } = chunk;
    const thing = Object.hasOwn(this.things, series.thing) ? this.things[series.thing] : undefined;
    if (thing === undefined) return false;
    const kind = sampleKinds[chunk.kind[i] as number] as SampleKind;
    switch (kind) {
      case "taken":
        this.set(propertyOf(thing, series), series, chunk, i);
        return true;
      case "quality": {
        const register = propertyOf(thing, series)[series.facet];
        if (register !== undefined) setQuality(register, chunk, i);
        return true;
      }
      case "cleared":
        delete propertyOf(thing, series)[series.facet];
        return true;
      case "late":
      case "outranked":
      case "historical":
      case "rejected":
      case "state":
        return true;
    }
  }

  private set(property: PropertyJson, series: SeriesInfo, chunk: SampleChunk, i: number): void {
    const register = property[series.facet] ?? emptyRegister(series);
    property[series.facet] = register;
    register.received = chunk.time[i] as number;
    register.source = chunk.words[chunk.source[i] as number] ?? "";
    setQuality(register, chunk, i);
    if (series.kind === "other") register.value = chunk.other[i];
    else if (series.valueKind === "number") register.value = chunk.value[i];
    else setComponent(register, series, chunk.value[i] as number);
  }
}

function propertyOf(thing: ThingJson, { path, unit }: SeriesInfo): PropertyJson {
  let property = Object.hasOwn(thing.properties, path) ? thing.properties[path] : undefined;
  if (property === undefined) {
    property = { unit };
    Object.defineProperty(thing.properties, path, {
      value: property,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return property;
}

function emptyRegister({ valueKind }: SeriesInfo): RegisterJson {
  const value =
    valueKind === "pose"
      ? { position: [0, 0, 0], quaternion: [0, 0, 0, 1] }
      : valueKind === "twist"
        ? { linear: [0, 0, 0], angular: [0, 0, 0] }
        : null;
  return { value, received: 0, quality: "good", source: "" };
}

/** Pose: x y z qx qy qz qw; twist: linear x y z, angular x y z. */
function setComponent(register: RegisterJson, { valueKind, component }: SeriesInfo, number: number): void {
  const value = register.value as Record<string, number[]>;
  const [first, second] = valueKind === "pose" ? ["position", "quaternion"] : ["linear", "angular"];
  const part = value[(component < 3 ? first : second) as string];
  if (part !== undefined) part[component < 3 ? component : component - 3] = number;
}

function setQuality(register: RegisterJson, chunk: SampleChunk, i: number): void {
  register.quality = qualities[chunk.quality[i] as number] ?? "good";
  const reason = chunk.words[chunk.reason[i] as number] ?? "";
  if (reason === "") delete register.reason;
  else register.reason = reason;
}
