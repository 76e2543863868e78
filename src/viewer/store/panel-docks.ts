import { Signal } from "../../client/signal.ts";

/** Places of panels: at the right, in the same column below that, and beneath the 3D view. */
export const places = ["right", "lower", "bottom"] as const;
export type Place = (typeof places)[number];

/** Which panel is where; null: none. */
export type Docks<Name extends string = string> = Readonly<Record<Place, Name | null>>;

const none = { right: null, lower: null, bottom: null };

/** The panels that are open. One panel is in one place; what is below another one moves up when that is closed. */
export class PanelDocks<Name extends string> {
  readonly now: Signal<Docks<Name>>;

  /** `first`: the panel that is open at the beginning. */
  constructor(first: Name) {
    this.now = new Signal<Docks<Name>>({ ...none, right: first });
  }

  placeOf(name: Name): Place | null {
    return places.find((place) => this.now.get()[place] === name) ?? null;
  }

  /** The first of these panels that is open, by its place: right, lower, bottom; null: none is. */
  firstOf(names: readonly Name[]): Name | null {
    const docks = this.now.get();
    return places.map((place) => docks[place]).find((name) => name !== null && names.includes(name)) ?? null;
  }

  /** Shows a panel where it is, or at the right. */
  show(name: Name): void {
    if (this.placeOf(name) === null) this.put(name, "right");
  }

  /** Puts a panel into a place, instead of what is there. */
  put(name: Name, place: Place): void {
    const { now } = this;
    const was = this.placeOf(name);
    const docks = { ...now.get() };
    // Two panels change places; below nothing there is nothing.
    if (was !== null) docks[was] = docks[place];
    docks[place] = name;
    now.set(raised(docks));
  }

  /** Closes a panel, or opens it in `place`. */
  toggle(name: Name, place: Place = "right"): void {
    if (this.placeOf(name) === null) this.put(name, place);
    else this.close(name);
  }

  close(name: Name): void {
    const place = this.placeOf(name);
    if (place !== null) this.now.update((docks) => raised({ ...docks, [place]: null }));
  }

  closeAll(): void {
    this.now.set(none);
  }

  /** Takes places that come from elsewhere: a panel that is named twice stands in its first place. */
  set(docks: Docks<Name>): void {
    const { right, lower, bottom } = docks;
    this.now.set(
      raised({
        right,
        lower: lower === right ? null : lower,
        bottom: bottom === right || bottom === lower ? null : bottom,
      }),
    );
  }
}

function raised<Name extends string>(docks: Docks<Name>): Docks<Name> {
  return docks.right === null ? { ...docks, right: docks.lower, lower: null } : docks;
}
