/** What `twin doctor` found: `bad` stops the main job; `note` is worth knowing. */
export type Finding = { what: string; state: "ok" | "note" | "bad"; detail: string; remedy: string };

export function finding(what: string, state: Finding["state"], detail: string, remedy = ""): Finding {
  return { what, state, detail, remedy };
}
