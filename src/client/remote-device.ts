import type { Facet } from "../core/quality.ts";
import type { Device, Reading } from "./api.ts";
import type { LiveState } from "./live-state.ts";

/** A device's own thing in the graph, `device/<id>`, with its signals as properties `device/<id>/<signal>`. */
export class RemoteDevice implements Device {
  private readonly thing: string;

  constructor(
    readonly id: string,
    private readonly state: LiveState,
  ) {
    this.thing = `device/${id}`;
  }

  signals(): string[] {
    const prefix = `${this.thing}/`;
    return this.state
      .paths(this.thing)
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length));
  }

  signal(name: string, facet: Facet = "reported"): Reading<unknown> | null {
    return this.state.property(this.thing, `${this.thing}/${name}`, facet);
  }
}
