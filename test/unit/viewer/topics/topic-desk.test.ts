import { beforeEach, describe, expect, it } from "vitest";
import {
  makePiece,
  packTopicMessage,
  type TopicHeader,
} from "../../../../src/protocol/topics/topic-frame.ts";
import { TopicDesk } from "../../../../src/viewer/topics/topic-desk.ts";
import { kindOf } from "../../../../src/viewer/topics/topic-kinds.ts";
import { FakePlatform, type FakeSocket } from "../../client/fake-platform.ts";
import { Shelf } from "./shelf.ts";

const address = { base: "http://127.0.0.1:1/", token: null };
const header: TopicHeader = {
  ...{ topic: "/scan", type: "sensor_msgs/msg/LaserScan", format: "scan", stamp: null, frame: "laser" },
  ...{ placement: null, received: 1000, bytes: 10, reduced: null, meta: {} },
};
let platform: FakePlatform;
let shelf: Shelf;
let desk: TopicDesk;
const socket = (): FakeSocket => platform.sockets.at(-1) as FakeSocket;

beforeEach(() => {
  platform = new FakePlatform();
  shelf = new Shelf();
  desk = new TopicDesk(address, platform, shelf);
});

function open(): void {
  socket().open();
  socket().says({ op: "hello", serverTime: 1000 });
}

function arrives(channel: number, number: number): void {
  const message = packTopicMessage({ header: { ...header, meta: { number } }, arrays: {} });
  const half = Math.ceil(message.byteLength / 2);
  for (const at of [0, half]) {
    const piece = makePiece(channel, number, message, at, half);
    socket().says(piece.buffer as ArrayBuffer);
  }
}

describe("the topics of a page", () => {
  it("need no connection until one is wanted", () => {
    expect(platform.sockets).toHaveLength(0);
    desk.refresh();
    expect(platform.sockets).toHaveLength(1);
  });

  it("that are shown are watched, and their messages told to whoever listens", () => {
    const heard: unknown[] = [];
    desk.listen((topic, message) => heard.push([topic, message.header.meta.number]));
    desk.show("/scan", header.type);
    open();
    expect(socket().of("watch")).toMatchObject([{ topic: "/scan", budget: { maxAgeMs: 1000 } }]);
    socket().says({ op: "watching", topic: "/scan", type: header.type, channel: 5 });
    socket().says({ op: "topic", topic: "/scan", publishers: 1, latched: false });
    arrives(5, 1);
    arrives(6, 2);
    expect(heard).toEqual([["/scan", 1]]);
    expect(desk.states.get("/scan")).toMatchObject({ publishers: 1, problem: null });
  });

  it("are watched again after a loss, and on the next visit", () => {
    desk.show("/scan", header.type);
    open();
    socket().drop();
    platform.advance(5000);
    open();
    expect(socket().of("watch")).toMatchObject([{ topic: "/scan" }]);
    const next = new TopicDesk(address, platform, shelf);
    expect(next.shown.get()).toEqual(["/scan"]);
    open();
    expect(socket().of("watch")).toMatchObject([{ topic: "/scan" }]);
    // Its type is told with the first answer.
    socket().says({ op: "watching", topic: "/scan", type: header.type, channel: 1 });
    expect(next.states.get("/scan")?.type).toBe(header.type);
  });

  it("that are hidden are left, and what still comes of them is not told", () => {
    const heard: string[] = [];
    desk.listen((topic) => heard.push(topic));
    desk.show("/scan", header.type);
    open();
    socket().says({ op: "watching", topic: "/scan", type: header.type, channel: 5 });
    desk.hide("/scan");
    expect(socket().of("unwatch")).toMatchObject([{ topic: "/scan" }]);
    arrives(5, 1);
    expect(heard).toEqual([]);
    expect(shelf.getItem("twinbridge.topics")).toBe("[]");
  });

  it("that are refused say why", () => {
    desk.show("/secret", "std_msgs/msg/String");
    open();
    socket().says({ op: "error", code: "denied", topic: "/secret", message: "not allowed" });
    expect(desk.states.get("/secret")?.problem).toBe("not allowed");
    socket().says({ op: "error", code: "no_ros", topic: "", message: "no ROS here" });
    expect(desk.problem.get()).toBe("no ROS here");
  });

  it("survive nonsense from the server and in the storage", () => {
    shelf.setItem("twinbridge.topics", '{"a":1}');
    const other = new TopicDesk(address, platform, shelf);
    expect(other.shown.get()).toEqual([]);
    other.show("/scan", header.type);
    open();
    for (const text of [
      "",
      "[]",
      "null",
      '{"op":"topics","topics":[1,{"name":2}]}',
      '{"op":"watching","topic":"/scan"}',
    ]) {
      socket().says(text);
    }
    socket().says(new ArrayBuffer(40));
    expect(other.topics.get()).toEqual([]);
  });
});

describe("a topic", () => {
  it("is a layer, a picture, or fields, by its type", () => {
    const kinds = ["sensor_msgs/msg/LaserScan", "sensor_msgs/msg/CompressedImage", "std_msgs/msg/String"].map(
      kindOf,
    );
    expect(kinds).toEqual(["layer", "picture", "fields"]);
  });

  it("are followed for panels, each once, until the last of them ends; what is shown stays", () => {
    const got: unknown[] = [];
    const first = desk.follow("/scan", (message) => got.push(message.header.meta.number));
    const second = desk.follow("/scan", () => undefined);
    open();
    const watches = () => socket().sent.filter((message) => message.op === "watch").length;
    expect(watches()).toBe(1);
    expect(desk.shown.get()).toEqual([]);
    socket().says({ op: "watching", topic: "/scan", type: "sensor_msgs/msg/LaserScan", channel: 1 });
    arrives(1, 7);
    expect(got).toEqual([7]);
    second();
    second();
    const left = () => socket().sent.filter((message) => message.op === "unwatch").length;
    expect(left()).toBe(0);
    first();
    expect(left()).toBe(1);
    desk.show("/scan", "sensor_msgs/msg/LaserScan");
    desk.follow("/scan", () => undefined)();
    expect(left()).toBe(1);
    expect(desk.states.has("/scan")).toBe(true);
  });
});

describe("the field that a cloud is coloured by", () => {
  const type = "sensor_msgs/msg/PointCloud2";
  const asked = () =>
    socket()
      .sent.filter(({ op }) => op === "watch")
      .map(({ color }) => color ?? "usual");

  it("is asked for when it is chosen, once, and of clouds only", () => {
    desk.show("/cloud", type);
    desk.show("/scan", "sensor_msgs/msg/LaserScan");
    open();
    expect(asked()).toEqual(["usual", "usual"]);
    desk.looks.change("/cloud", { field: "ring" });
    desk.looks.change("/cloud", { size: 4 });
    desk.looks.change("/scan", { field: "intensity" });
    expect(asked()).toEqual(["usual", "usual", "ring"]);
    desk.looks.change("/cloud", { field: undefined });
    expect(asked().at(-1)).toBe("usual");
  });

  it("is asked for at once on the next visit", () => {
    desk.looks.change("/cloud", { field: "ring" });
    const next = new TopicDesk(address, platform, shelf);
    next.show("/cloud", type);
    open();
    expect(asked()).toEqual(["ring"]);
  });
});
