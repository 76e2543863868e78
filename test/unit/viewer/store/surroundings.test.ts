import { describe, expect, it } from "vitest";
import { newItem, readScene, writeItem } from "../../../../src/viewer/store/surroundings.ts";

const pose = { position: [1, 2, 3], quaternion: [0, 0, 1, 0] };
const objects = [
  { id: "table", shape: "box", size: [1, 2, 0.05], frame: "odom", touching: ["base_link"], pose },
  { id: "post", shape: "cylinder", radius: 0.1, length: 2, touching: [], pose },
  { id: "cup", shape: "sphere", radius: 0.04, attach: "gripper_link", mass: 0.3, touching: [], pose },
  { id: "door", shape: "keepout", of: "capsule", radius: 0.4, length: 1.6, touching: [], pose },
  { id: "ground", shape: "plane", touching: [], pose },
  { id: "car", shape: "mesh", mesh: "package://car/car.stl", scale: [1, 1, 1], touching: [], pose },
];

describe("the surroundings", () => {
  it("go back to the server as they came, whatever the page understands of them", () => {
    const items = readScene({ objects });
    expect(items?.map(writeItem)).toEqual(objects);
    expect(readScene(objects)).toEqual(items);
  });

  it("are read with where they are and what they are", () => {
    const [table, post, cup, door, ground] = readScene({ objects }) ?? [];
    expect(table).toMatchObject({
      frame: "odom",
      isKeepOut: false,
      shape: { kind: "box", size: [1, 2, 0.05] },
    });
    expect(post).toMatchObject({ frame: null, attach: null });
    expect(cup).toMatchObject({ attach: "gripper_link", position: [1, 2, 3] });
    expect(door).toMatchObject({ isKeepOut: true, shape: { kind: "capsule", radius: 0.4, length: 1.6 } });
    expect(ground).toMatchObject({ shape: { kind: "other", name: "plane" } });
  });

  it("are none where the answer is none, and what is no object is passed over", () => {
    for (const value of [null, 7, {}, { objects: {} }]) expect(readScene(value)).toBeNull();
    expect(readScene([null, 7, { shape: "box" }])).toEqual([]);
  });

  it("change in place and size alone", () => {
    const [table] = readScene({ objects }) ?? [];
    if (table === undefined) throw new Error("no table");
    const changed = {
      ...table,
      position: [0, 0, 0] as [number, number, number],
      shape: { kind: "box" as const, size: [1, 1, 1] as [number, number, number] },
    };
    expect(writeItem(changed)).toEqual({
      ...objects[0],
      size: [1, 1, 1],
      pose: { position: [0, 0, 0], quaternion: [0, 0, 1, 0] },
    });
  });

  it("get new objects under names of their own, standing on the floor", () => {
    const at = { x: 1, y: -1, frame: "odom" };
    const taken = new Set(["box-1", "box-2"]);
    expect(writeItem(newItem("box", taken, at))).toEqual({
      id: "box-3",
      shape: "box",
      size: [0.3, 0.3, 0.3],
      frame: "odom",
      pose: { position: [1, -1, 0.15], quaternion: [0, 0, 0, 1] },
    });
    expect(writeItem(newItem("keepout", taken, { ...at, frame: null }))).toMatchObject({
      shape: "keepout",
      of: "box",
      pose: { position: [1, -1, 0.5] },
    });
  });
});
