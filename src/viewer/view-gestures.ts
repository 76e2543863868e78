import type { ViewHistory } from "./layout/view-history.ts";

/** After a hand let go, the camera glides on for this long, ms. */
const settleMs = 600;
const modifiers = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph"]);

/**
 * Makes one step of what a person does in one go: from a press to its release, the turns of a wheel in a row, a key that
 * is held. `steps` find out themselves whether the view changed by it. `rest` ends the camera's glide, which belongs to the
 * gesture before.
 */
export function watchGestures(steps: Pick<ViewHistory<never>, "begin" | "end">, rest: () => void): void {
  const pressed = new Set<number>();
  let due: ReturnType<typeof setTimeout> | null = null;
  let kind: "pointer" | "wheel" | "key" | null = null;
  const stopWaiting = () => {
    if (due !== null) clearTimeout(due);
    due = null;
  };
  const endSoon = () => {
    stopWaiting();
    due = setTimeout(() => {
      kind = null;
      rest();
      steps.end();
    }, settleMs);
  };
  const begin = (next: "pointer" | "wheel" | "key", isSame: boolean) => {
    stopWaiting();
    if (!isSame) {
      rest();
      steps.end();
    }
    kind = next;
    steps.begin();
  };
  const listen = <K extends keyof WindowEventMap>(name: K, take: (event: WindowEventMap[K]) => void) =>
    addEventListener(name, take, { capture: true, passive: true });
  listen("pointerdown", ({ pointerId }) => {
    begin("pointer", pressed.size > 0);
    pressed.add(pointerId);
  });
  const released = ({ pointerId }: PointerEvent) => {
    if (pressed.delete(pointerId) && pressed.size === 0) endSoon();
  };
  listen("pointerup", released);
  listen("pointercancel", released);
  listen("wheel", () => {
    if (pressed.size > 0) return;
    begin("wheel", kind === "wheel");
    endSoon();
  });
  listen("keydown", ({ key, repeat }) => {
    if (pressed.size > 0 || modifiers.has(key)) return;
    begin("key", repeat);
    endSoon();
  });
  // What helps people to hear and speak presses buttons by clicks alone.
  listen("click", ({ detail }) => {
    if (detail !== 0 || pressed.size > 0) return;
    begin("key", kind === "key");
    endSoon();
  });
}
