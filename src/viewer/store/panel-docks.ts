import { Signal } from "../../client/signal.ts";
import { isPhone } from "./narrow.ts";

/** Places of panels: at the right, in the same column below that, and beneath the 3D view. */
export const places = ["right", "lower", "bottom"] as const;
export type Place = (typeof places)[number];

/** Which panel is where; null: none. */
export type Docks<Name extends string = string> = Readonly<Record<Place, Name | null>>;

const none = { right: null, lower: null, bottom: null };

/** The panels that are open. One panel is in one place; what is below another one moves up when that is closed. */
export class PanelDocks<Name extends string> {
  readonly now: Signal<Docks<Name>>;

  /** `first`: the panel that is open at the beginning. `isNarrow`: the place at the right alone is seen, as on a phone. */
  constructor(
    first: Name,
    private readonly isNarrow: () => boolean = isPhone,
  ) {
    this.now = new Signal<Docks<Name>>({ ...none, right: first });
  }

  /** Where it is seen; null: it is not. */
  placeOf(name: Name): Place | null {
    return this.seen().find((place) => this.now.get()[place] === name) ?? null;
  }

  private seen(): readonly Place[] {
    return this.isNarrow() ? ["right"] : places;
  }

  /** The first of these panels that is seen, by its place: right, lower, bottom; null: none is. */
  firstOf(names: readonly Name[]): Name | null {
    const docks = this.now.get();
    return (
      this.seen()
        .map((place) => docks[place])
        .find((name) => name !== null && names.includes(name)) ?? null
    );
  }

  /** Shows a panel where it is, or at the right. */
  show(name: Name): void {
    if (this.placeOf(name) === null) this.put(name, "right");
  }

  /** Puts a panel into a place, instead of what is there. */
  put(name: Name, place: Place): void {
    const { now } = this;
    const docks = { ...now.get() };
    const was = places.find((one) => docks[one] === name) ?? null;
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
