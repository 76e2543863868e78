import { Signal } from "../../client/signal.ts";

const key = "twinbridge.hints";
const closed = "closed";

/** Whether the hints for a first visit are shown; closed once, they stay closed in this browser. */
export class Hints {
  readonly isOpen: Signal<boolean>;

  constructor(private readonly storage: Storage) {
    this.isOpen = new Signal(storage.getItem(key) !== closed);
  }

  open(): void {
    this.isOpen.set(true);
  }

  close(): void {
    this.storage.setItem(key, closed);
    this.isOpen.set(false);
  }
}
