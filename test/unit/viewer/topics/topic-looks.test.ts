import { describe, expect, it } from "vitest";
import {
  lookParts,
  TopicLooks,
  usualPalette,
  usualTrailOf,
} from "../../../../src/viewer/topics/topic-looks.ts";
import { Shelf } from "./shelf.ts";

describe("how topics look", () => {
  it("is kept for the next visit, and what is usual again is not", () => {
    const shelf = new Shelf();
    const looks = new TopicLooks(shelf);
    looks.change("/scan", { size: 5, color: "#ff0000" });
    looks.change("/scan", { color: undefined });
    looks.change("/map", { opacity: 0.5 });
    looks.change("/map", { opacity: undefined });
    const next = new TopicLooks(shelf);
    expect([...next.all.get()]).toEqual([["/scan", { size: 5 }]]);
    expect(next.of("/map")).toEqual({});
  });

  it.each([
    ["no JSON", "{"],
    ["no list", '{"/scan":{}}'],
    ["rows of something else", '[1,null,["/a"],["/b",3],[7,{"size":2}]]'],
  ])("is as usual where %s was stored", (_, text) => {
    const shelf = new Shelf();
    shelf.setItem("twinbridge.looks", text);
    expect(new TopicLooks(shelf).all.get().size).toBe(0);
  });

  it("is taken field by field", () => {
    const shelf = new Shelf();
    const look = {
      size: 900,
      opacity: 0.3,
      color: "red",
      palette: "x",
      trail: -1,
      field: "f".repeat(80),
      more: 1,
    };
    shelf.setItem("twinbridge.looks", JSON.stringify([["/a", look]]));
    expect(new TopicLooks(shelf).of("/a")).toEqual({ opacity: 0.3 });
  });

  it("is forgotten for the topic that was changed first, beyond two hundred", () => {
    const looks = new TopicLooks(new Shelf());
    for (let i = 0; i < 201; i += 1) looks.change(`/t${i}`, { size: 2 });
    expect(looks.all.get().size).toBe(200);
    expect(looks.of("/t0")).toEqual({});
  });

  it("is taken and set for the topics of a layout alone", () => {
    const looks = new TopicLooks(new Shelf());
    looks.change("/scan", { size: 5 });
    looks.change("/map", { opacity: 0.5 });
    const rows = looks.rows(["/scan", "/cloud"]);
    expect(rows).toEqual([["/scan", { size: 5 }]]);
    looks.change("/scan", { size: 6 });
    looks.change("/cloud", { size: 7 });
    looks.set(["/scan", "/cloud"], rows);
    expect([...looks.all.get()].sort()).toEqual([
      ["/map", { opacity: 0.5 }],
      ["/scan", { size: 5 }],
    ]);
  });

  it("has parts by its type", () => {
    expect(lookParts("visualization_msgs/msg/Marker")).toEqual([]);
    expect(lookParts("nav_msgs/msg/Path")).toEqual(["color"]);
    expect(lookParts("nav_msgs/msg/OccupancyGrid")).toEqual(["palette", "opacity"]);
    expect([usualPalette("/local_costmap/costmap"), usualPalette("/map")]).toEqual(["costs", "map"]);
    expect([usualTrailOf("nav_msgs/msg/Odometry"), usualTrailOf("geometry_msgs/msg/PoseStamped")]).toEqual([
      60, 0,
    ]);
  });
});
