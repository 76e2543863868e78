import type { LinkDistance } from "../robot/collision/self-collision.ts";
import type { BaseWay, WayPlace } from "../robot/footprint/base-way.ts";
import type { NearCell } from "../robot/footprint/occupied-cells.ts";

/** What stands around a base that is moved to a place; distances in m, nothing farther than `most` is looked for. */
export interface BaseAround {
  /** The nearest object of the scene. `isMet`: nearer than it may come. */
  object(place: WayPlace, most: number): { pair: LinkDistance; isMet: boolean } | null;
  /** The nearest cell of the map that is not free. */
  cell(place: WayPlace, most: number): NearCell | null;
  /** How far inside of the map the footprint is, of the place that `cell` looked at last; null: there is no map. */
  inside(): number | null;
}

/** The nearest thing at a place. */
export type Near = { place: WayPlace; metres: number } & (
  | { kind: "object"; pair: LinkDistance }
  | { kind: "cell"; cell: NearCell }
);

export type WayVerdict = { met: Near | null; nearest: Near | null; leavesMap: boolean | null };

/** What is farther is not told, m. */
const tellWithin = 1;
/** What is farther is not looked for, m. */
const lookWithin = 2;
/** How exactly the least distance is known, m, where that is enough to miss nothing. */
const usualTolerance = 5e-3;
/** m: nearer than this between two looks nothing is told apart. */
const leastTolerance = 1e-4;
const looksAPortion = 50;

/**
 * Looks along the way of a base, without a gap between its looks. At a look everything is at least `d` away; no point of the base
 * moves farther than the travel to the next look, so in between everything is at least `d` less that travel away. The travel is
 * chosen such that this is never below the least distance seen so far, less the tolerance. So the least distance is known within the
 * tolerance; and since that is at most half of the distance that the base must keep, nothing is touched between looks.
 */
export class WayCheck {
  private travel = 0;
  private nearest: Near | null = null;
  private leaves: boolean | null = null;
  private readonly tolerance: number;
  private readonly cellFloor: number;

  /** `margin`: how near a cell may come; `floor`: how near any object of the scene may come, by what is near at the start. m */
  constructor(
    private readonly way: BaseWay,
    private readonly around: BaseAround,
    margin: number,
    floor: number,
  ) {
    const near = around.cell(way.at(0), margin);
    // What is nearer at the start may be left, and not approached.
    this.cellFloor = near === null ? margin : Math.max(0, near.distance - leastTolerance);
    const least = Math.max(0, Math.min(this.cellFloor, floor));
    this.tolerance = Math.min(usualTolerance, Math.max(leastTolerance, least / 2));
  }

  /** Goes on by some looks; null: not at the end yet. */
  advance(): WayVerdict | null {
    for (let look = 0; look < looksAPortion; look += 1) {
      const place = this.way.at(this.travel);
      const object = this.around.object(place, lookWithin);
      if (object?.isMet === true) {
        const { pair } = object;
        return this.verdict({ kind: "object", place, pair, metres: pair.distance });
      }
      const objectAt = object?.pair.distance ?? lookWithin;
      const cell = this.around.cell(place, lookWithin);
      const cellAt = cell?.distance ?? lookWithin;
      const inside = this.around.inside();
      if (inside !== null) this.leaves = this.leaves === true || inside < 0;
      if (cell !== null && (cellAt < this.cellFloor || cellAt === 0)) {
        return this.verdict({ kind: "cell", place, cell, metres: cellAt });
      }
      if (object !== null) this.note({ kind: "object", place, pair: object.pair, metres: objectAt });
      if (cell !== null) this.note({ kind: "cell", place, cell, metres: cellAt });
      if (this.travel >= this.way.travel) return this.verdict(null);
      const least = Math.min(this.nearest?.metres ?? tellWithin, tellWithin);
      let step = Math.min(objectAt, cellAt) - least + this.tolerance;
      // The border of the map is not to be left unseen.
      if (inside !== null && this.leaves === false) step = Math.min(step, Math.max(inside, this.tolerance));
      this.travel = Math.min(this.way.travel, this.travel + Math.max(step, this.tolerance));
    }
    return null;
  }

  private note(near: Near): void {
    if (near.metres <= tellWithin && near.metres < (this.nearest?.metres ?? Number.POSITIVE_INFINITY)) {
      this.nearest = near;
    }
  }

  private verdict(met: Near | null): WayVerdict {
    return { met, nearest: this.nearest, leavesMap: this.leaves };
  }
}
