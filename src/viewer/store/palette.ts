import { Signal } from "../../client/signal.ts";

/** What is open over the page: the list of commands, that of keys, or nothing. */
export const palette = new Signal<"commands" | "keys" | null>(null);

/** Whether the list of layouts is open. */
export const layoutsAreOpen = new Signal(false);

/** Whether the pictures of topics cover the 3D view. */
export const picturesAreOpen = new Signal(false);
