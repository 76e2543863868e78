import { describe, expect, it } from "vitest";
import { LayoutShelf } from "../../../../src/viewer/layout/layout-shelf.ts";
import { panels, someLayout, storageOf } from "./some-layout.ts";

const key = "twinbridge.layouts";
const named = (name: string) => ({ name, layout: someLayout });
const namesOf = (shelf: LayoutShelf) => shelf.layouts.get().map(({ name }) => name);

describe("the layouts of a browser", () => {
  it("are kept by name, sorted, and are there on the next visit", () => {
    const storage = storageOf();
    const shelf = new LayoutShelf(storage, panels);
    for (const name of ["b", "a", "b"]) expect(shelf.save(named(name))).toBeNull();
    expect(namesOf(shelf)).toEqual(["a", "b"]);
    const next = new LayoutShelf(storage, panels);
    expect(namesOf(next)).toEqual(["a", "b"]);
    expect(next.find("a")).toEqual(named("a"));
  });

  it("are renamed, but not to a name that another one has", () => {
    const shelf = new LayoutShelf(storageOf(), panels);
    shelf.save(named("a"));
    shelf.save(named("b"));
    expect(shelf.rename("a", "b")).toBe("There is already a layout “b”.");
    expect(shelf.rename("a", " ")).toBe("A name has 1 to 64 characters.");
    expect(shelf.rename("a", "c")).toBeNull();
    expect(namesOf(shelf)).toEqual(["b", "c"]);
  });

  it("come back after they were deleted, once, and replace nothing then", () => {
    const shelf = new LayoutShelf(storageOf(), panels);
    shelf.save(named("a"));
    shelf.delete("a");
    expect(namesOf(shelf)).toEqual([]);
    shelf.undoDelete();
    expect(namesOf(shelf)).toEqual(["a"]);
    expect(shelf.deleted.get()).toBeNull();
    shelf.delete("a");
    const another = { ...someLayout, panel: null };
    shelf.save({ name: "a", layout: another });
    shelf.undoDelete();
    expect(shelf.find("a")?.layout).toEqual(another);
  });

  it("leave what another tab saved meanwhile, and what a newer page stored", () => {
    const kept = new Map([[key, JSON.stringify([{ name: "new", layout: { version: 7 } }, 5])]]);
    const storage = storageOf(kept);
    const one = new LayoutShelf(storage, panels);
    const two = new LayoutShelf(storage, panels);
    expect(namesOf(one)).toEqual([]);
    one.save(named("a"));
    two.save(named("b"));
    expect(namesOf(two)).toEqual(["a", "b"]);
    expect(JSON.parse(kept.get(key) ?? "")).toContainEqual({ name: "new", layout: { version: 7 } });
  });

  it("are none where what is stored cannot be read", () => {
    for (const text of ["{", "null", "{}", "7"])
      expect(namesOf(new LayoutShelf(storageOf(new Map([[key, text]])), panels))).toEqual([]);
  });

  it("say so where the browser has no room or there are too many", () => {
    const full = { getItem: () => null, setItem: () => expect.fail("full") } as unknown as Storage;
    expect(new LayoutShelf(full, panels).save(named("a"))).toMatch(/no room left/);
    const shelf = new LayoutShelf(storageOf(), panels);
    for (let count = 0; count < 100; count += 1) expect(shelf.save(named(`n${count}`))).toBeNull();
    expect(shelf.save(named("one more"))).toMatch(/At most 100/);
    expect(shelf.save(named("n5"))).toBeNull();
  });
});
