import { describe, expect, it } from "vitest";
import { embedOptions } from "../../../src/viewer/ui/embed-options.ts";

describe("what another page embeds", () => {
  it("is told by the address, for reading only unless it asks for controls", () => {
    expect(embedOptions("")).toBeNull();
    expect(embedOptions("?at=5")).toBeNull();
    expect(embedOptions("?embed=scene")).toEqual({
      ...{ what: "scene", robot: null, theme: "auto", hasControls: false },
    });
    expect(embedOptions("?embed=joints&robot=arm&theme=dark&controls=1")).toEqual({
      ...{ what: "joints", robot: "arm", theme: "dark", hasControls: true },
    });
  });

  it("is the 3D view where it names no panel", () => {
    expect(embedOptions("?embed=nothing&theme=pink&controls=yes")).toEqual({
      ...{ what: "scene", robot: null, theme: "auto", hasControls: false },
    });
  });
});
