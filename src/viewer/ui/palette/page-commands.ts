import { layoutsAreOpen, palette } from "../../store/palette.ts";
import type { Viewer } from "../../viewer.ts";
import { panels } from "../panel-names.ts";
import { showLayout } from "../show-layout.ts";
import type { PaletteCommand } from "./find-commands.ts";

const layerNames = {
  grid: "grid",
  axes: "axes",
  frames: "link frames",
  collision: "collision geometry",
  efforts: "efforts of the joints",
  legend: "legend",
} as const;
const mostTopics = 200;

/** What the palette can do now. Nothing of it moves a robot. */
export function pageCommands(
  viewer: Viewer,
  setScheme: (scheme: "light" | "dark" | "auto") => void,
): PaletteCommand[] {
  const { settings, fleet, topics } = viewer;
  const { angles, layers } = settings.get();
  const bounds = () => viewer.fleet.bounds();
  const commands: PaletteCommand[] = panels.map(({ name, label }) => ({
    name: `Panel ${label}`,
    hint: "opens the panel",
    run: () => viewer.docks.show(name),
  }));
  for (const { name, label } of panels) {
    const { docks } = viewer;
    const where = { lower: "below", bottom: "beneath the 3D view" } as const;
    for (const [place, text] of Object.entries(where) as [keyof typeof where, string][]) {
      commands.push({
        name: `Panel ${label} ${text}`,
        hint: "a further panel",
        run: () => docks.put(name, place),
      });
    }
  }
  commands.push(
    { name: "Close the panels", hint: "3D view alone", run: () => viewer.docks.closeAll() },
    { name: "View: fit", hint: "camera", run: () => viewer.camera?.fit(bounds()) },
    { name: "View: front", hint: "camera", run: () => viewer.camera?.front(bounds()) },
    { name: "View: top", hint: "camera", run: () => viewer.camera?.top(bounds()) },
  );
  const { steps } = viewer.arrangement;
  const { back, forth } = steps.depth.get();
  if (back > 0)
    commands.push({ name: "Undo view change", hint: "as Ctrl Z; no command", run: () => steps.undo() });
  if (forth > 0)
    commands.push({ name: "Redo view change", hint: "as Ctrl Shift Z", run: () => steps.redo() });
  if (viewer.hasStop.get()) {
    commands.push({ name: "Stop", hint: "stops the robots, as Space", run: () => viewer.driver.stop() });
  }
  const robots = fleet.robots.get();
  if (robots.length > 1) {
    for (const { id, name } of robots) {
      commands.push({ name: `Robot ${id}`, hint: name, run: () => viewer.chosenRobot.set(id) });
    }
  }
  for (const [layer, name] of Object.entries(layerNames) as [keyof typeof layerNames, string][]) {
    commands.push({
      name: `${layers[layer] ? "Hide" : "Show"} ${name}`,
      hint: "3D view",
      run: () =>
        settings.update((now) => ({ ...now, layers: { ...now.layers, [layer]: !now.layers[layer] } })),
    });
  }
  commands.push(...layoutCommands(viewer));
  const next = angles === "rad" ? "deg" : "rad";
  commands.push({
    name: `Angles in ${next === "rad" ? "radians" : "degrees"}`,
    hint: "units",
    run: () => settings.update((now) => ({ ...now, angles: next })),
  });
  for (const scheme of ["light", "dark", "auto"] as const) {
    const name = scheme === "auto" ? "Colours as the system" : `Colours ${scheme}`;
    commands.push({ name, hint: "appearance", run: () => setScheme(scheme) });
  }
  const shown = new Set(topics.desk.shown.get());
  for (const { name, type, refused } of (topics.desk.topics.get() ?? []).slice(0, mostTopics)) {
    if (refused !== undefined) continue;
    const isShown = shown.has(name);
    commands.push({
      name: `${isShown ? "Hide" : "Show"} topic ${name}`,
      hint: type.replace("/msg/", "/"),
      run: () => (isShown ? topics.desk.hide(name) : topics.desk.show(name, type)),
    });
  }
  commands.push({ name: "First steps", hint: "hints for beginners", run: () => viewer.hints.open() });
  commands.push({ name: "Keys", hint: "which key does what, as ?", run: () => palette.set("keys") });
  return commands;
}

function layoutCommands(viewer: Viewer): PaletteCommand[] {
  if (viewer.design.get() !== null) return [];
  const kept = viewer.arrangement.shelf.get()?.layouts.get() ?? [];
  return [
    { name: "Layouts", hint: "save, choose, share", run: () => layoutsAreOpen.set(true) },
    ...kept.map((named) => ({
      name: `Layout ${named.name}`,
      hint: "arranges the page so",
      run: () => showLayout(viewer, named),
    })),
  ];
}
