import { existsSync } from "node:fs";
import type { Inbox } from "../engine/ports/inbox.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { type Config, robotsAtStart } from "../io/config/config-schema.ts";
import { placesOf, readDescription, srdfBeside } from "../io/files/description-file.ts";
import { packageFolders } from "../io/files/mesh-roots.ts";
import { StartFault } from "./start-fault.ts";

/** The configuration, and the file that it was read from. */
type Configured = { config: Config; configPath: string | null };

/** Reads the description files that the configuration names. Throws a StartFault that names the robot and the file. */
export function pushDescriptionFiles(inbox: Inbox, { config, configPath }: Configured, now: number): void {
  for (const { id, description, arguments: given } of robotsAtStart(config)) {
    if (description === "topic") continue;
    const args = new Map(Object.entries(given));
    const read = readDescription(description, configPath, (name) => packageFolders(config, name), args);
    if (!read.ok) throw new StartFault(`robots.${id}.description: ${read.path}: ${read.reason}`);
    const loaded = loadDescription(read.value);
    if ("fault" in loaded) throw new StartFault(`robots.${id}.description: ${description}: ${loaded.fault}`);
    inbox.push(`file:${id}/description`, now, { kind: "description", robot: id, text: read.value });
  }
}

/** The SRDF that the configuration names, or that is beside a description's file. */
export function pushSemanticsFiles(inbox: Inbox, { config, configPath }: Configured, now: number): void {
  for (const { id, srdf, description } of robotsAtStart(config)) {
    const folders = (name: string): string[] => packageFolders(config, name);
    let text: string | null = null;
    if (srdf !== "auto" && srdf !== "off") {
      const read = readDescription(srdf, configPath, folders);
      if (!read.ok) throw new StartFault(`robots.${id}.srdf: ${read.path}: ${read.reason}`);
      text = read.value;
    } else if (srdf === "auto" && description !== "topic") {
      const file = placesOf(description, configPath, folders).find((place) => existsSync(place));
      text = file === undefined ? null : srdfBeside(file);
    }
    if (text !== null) inbox.push(`file:${id}/srdf`, now, { kind: "semantics", robot: id, text });
  }
}
