import { useEffect } from "react";
import { useViewer } from "./viewer-context.ts";

/** True where keys are text: there Space is a space. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(target.type)
  );
}

/** A checkbox, a switch or one of several choices: what Space sets by the rules of every other page. */
function isToggle(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && ["checkbox", "radio"].includes(target.type);
}

/** True where Esc closes something first: a menu, a list, a bubble. */
function isOpen(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest("[role=menu], [role=dialog], [role=listbox], [aria-expanded=true][aria-haspopup]") !== null
  );
}

const ownArrows =
  "input, select, textarea, [role=slider], [role=separator], [role=menu], [role=dialog], [role=tree], [data-own-keys]";

/** True where arrows and letters already do something else than drive: sliders, menus, fields. */
export function takesArrows(target: EventTarget | null): boolean {
  return takesText(target) || (target instanceof Element && target.closest(ownArrows) !== null);
}

/**
 * Keys that work everywhere: Space stops, Esc drops the ghost, or returns from the past. Space is left to a text field, and to a checkbox, switch,
 * choice or list that was reached by the keyboard. One that was clicked gives it up: a hand on the mouse that hits
 * Space means STOP. Enter sets a checkbox as Space does.
 */
export function useKeyboard(): void {
  const viewer = useViewer();
  useEffect(() => {
    let lastInput: "keys" | "pointer" = "keys";
    let focusedBy: "keys" | "pointer" = "keys";
    const ownsSpace = (target: EventTarget | null): boolean =>
      takesText(target) ||
      (focusedBy === "keys" && (isToggle(target) || target instanceof HTMLSelectElement));
    const down = (event: KeyboardEvent) => {
      lastInput = "keys";
      if (event.key === "Enter" && isToggle(event.target) && !event.repeat) {
        event.preventDefault();
        event.target.click();
        return;
      }
      if (!viewer.hasStop.get()) return;
      if (event.code === "Space" && !ownsSpace(event.target)) {
        // Else a focused button would be pressed as well, be it the one that resets.
        event.preventDefault();
        event.stopPropagation();
        if (!event.repeat) viewer.driver.stop();
      } else if (event.key === "Escape" && viewer.past.isShown.get() && !isOpen(event.target)) {
        viewer.past.playback.live();
      } else if (event.key === "Escape" && !takesText(event.target)) {
        viewer.hands.drop();
        const robot = viewer.chosenRobot.get();
        if (robot !== null) viewer.targets.drop(robot);
      }
    };
    const up = (event: KeyboardEvent) => {
      if (viewer.hasStop.get() && event.code === "Space" && !ownsSpace(event.target)) event.preventDefault();
    };
    const pointed = () => {
      lastInput = "pointer";
      focusedBy = "pointer";
    };
    const focused = () => {
      focusedBy = lastInput;
    };
    const listeners = { keydown: down, keyup: up, pointerdown: pointed, focusin: focused } as const;
    const add = <K extends keyof typeof listeners>(kind: K) =>
      addEventListener(kind, listeners[kind] as EventListener, { capture: true });
    const remove = <K extends keyof typeof listeners>(kind: K) =>
      removeEventListener(kind, listeners[kind] as EventListener, { capture: true });
    const kinds = ["keydown", "keyup", "pointerdown", "focusin"] as const;
    kinds.forEach(add);
    return () => kinds.forEach(remove);
  }, [viewer]);
}
