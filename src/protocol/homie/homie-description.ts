import { z } from "zod";
import { type Result, refused } from "../../core/result.ts";
import { type HomieDatatype, homieDatatype } from "./homie-value.ts";

/** One topic level of Homie: lower case, digits and inner hyphens. */
export const homieId = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

export type HomieProperty = {
  type: HomieDatatype;
  unit: string;
  isSettable: boolean;
  /** Whether its values are a state that the broker keeps, or moments that it must not keep. */
  isRetained: boolean;
};

/** What `$description` says, by signal (`node/property`). */
export type HomieDescription = {
  /** The device whose connection this one lives by; null: its own. */
  root: string | null;
  properties: ReadonlyMap<string, HomieProperty>;
};

const maxProperties = 1024;

const description = z.object({
  homie: z.string().regex(/^5\.\d+$/, "this is not Homie 5"),
  root: z.string().regex(homieId).optional(),
  parent: z.string().regex(homieId).optional(),
  nodes: z.looseObject({}).optional(),
});
const node = z.object({ properties: z.looseObject({}).optional() });
const property = z.object({
  datatype: z.string(),
  format: z.string().max(16_384).default(""),
  settable: z.boolean().default(false),
  retained: z.boolean().default(true),
  unit: z.string().max(32).default(""),
});

/** Reads a description. `say` gets each node and property that is refused; the others stand. */
export function readHomieDescription(
  text: string,
  say: (reason: string, path: string) => void,
): Result<HomieDescription> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refused(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = description.safeParse(json);
  if (!read.success) return refused(wordOf(read.error), read.error.issues[0]?.path.join(".") ?? "");
  const properties = new Map<string, HomieProperty>();
  for (const [nodeId, inNode] of Object.entries(read.data.nodes ?? {})) {
    const path = nodeId.slice(0, 64);
    const readNode = node.safeParse(inNode);
    if (!homieId.test(nodeId)) say("not a Homie id", path);
    else if (!readNode.success) say(wordOf(readNode.error), path);
    else {
      for (const [id, given] of Object.entries(readNode.data.properties ?? {})) {
        const made = homieId.test(id) ? readProperty(given) : refused("not a Homie id");
        if (properties.size >= maxProperties) return refused(`more than ${maxProperties} properties`);
        if (made.ok) properties.set(`${nodeId}/${id}`, made.value);
        else say(made.reason, `${path}/${id.slice(0, 64)}`);
      }
    }
  }
  // A child may leave out its parent where that is the root, never the root.
  return { ok: true, value: { root: read.data.root ?? null, properties } };
}

function readProperty(given: unknown): Result<HomieProperty> {
  const read = property.safeParse(given);
  if (!read.success) return refused(wordOf(read.error));
  const { datatype, format, settable, retained, unit } = read.data;
  const type = homieDatatype(datatype, format);
  if (!type.ok) return type;
  return { ok: true, value: { type: type.value, unit, isSettable: settable, isRetained: retained } };
}

function wordOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? "wrong shape" : `${issue.path.join(".")} ${issue.message}`.trim();
}
