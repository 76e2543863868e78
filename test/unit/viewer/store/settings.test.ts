import { describe, expect, it } from "vitest";
import { storedSettings } from "../../../../src/viewer/store/settings.ts";

const key = "twinbridge.settings";

/** What a browser keeps for a page. */
function storageWith(text: string | null): Storage {
  const kept = new Map<string, string>(text === null ? [] : [[key, text]]);
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  } as Storage;
}

const settingsFrom = (stored: unknown) => storedSettings(storageWith(JSON.stringify(stored))).get();

describe("settings", () => {
  it("are the standard ones in a browser that was never here", () => {
    expect(storedSettings(storageWith(null)).get()).toMatchObject({
      angles: "rad",
      holder: "",
      panelWidth: 380,
      layers: { measured: true, frames: false },
    });
  });

  it("are stored at each change and are there again after the page was closed", () => {
    const storage = storageWith(null);
    storedSettings(storage).update((now) => ({ ...now, angles: "deg", holder: "Ada" }));
    expect(storedSettings(storage).get()).toMatchObject({ angles: "deg", holder: "Ada", panelWidth: 380 });
  });

  it("are the standard ones where what is stored cannot be read", () => {
    for (const text of ["{", "null", '"rad"', "7", "[]"]) {
      expect(storedSettings(storageWith(text)).get()).toEqual(storedSettings(storageWith(null)).get());
    }
  });

  it("are taken field by field: a wrong one leaves the others", () => {
    expect(settingsFrom({ angles: "grad", holder: 7, panelWidth: 500 })).toMatchObject({
      angles: "rad",
      holder: "",
      panelWidth: 500,
    });
    expect(settingsFrom({ angles: "deg", panelWidth: "wide" })).toMatchObject({
      angles: "deg",
      panelWidth: 380,
    });
  });

  it("have a holder's name of 64 characters at most", () => {
    expect(settingsFrom({ holder: "x".repeat(100) }).holder).toBe("x".repeat(64));
  });

  it("take known layers that are true or false, and no others", () => {
    const { layers } = settingsFrom({ layers: { grid: false, frames: true, legend: "no", sparkle: true } });
    expect(layers).toMatchObject({ grid: false, frames: true, legend: true });
    expect(layers).not.toHaveProperty("sparkle");
  });

  it("of one page do not change the standard that the next one starts with", () => {
    settingsFrom({ layers: { grid: false } });
    expect(settingsFrom({}).layers.grid).toBe(true);
  });
});
