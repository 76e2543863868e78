import { beforeEach, describe, expect, it } from "vitest";
import { keepLists } from "../../../../src/io/ros/graph-lists.ts";
import { type FakeNode, FakeRos } from "./fake-ros.ts";

let ros: FakeRos;
let node: FakeNode;

beforeEach(() => {
  ros = new FakeRos();
  node = ros.node();
  keepLists(node, () => ros.now);
});

describe("the lists of the ROS graph", () => {
  it("are read once for all robots that ask in one look", () => {
    for (let i = 0; i < 5; i++) {
      node.getTopicNamesAndTypes();
      node.getServiceNamesAndTypes();
      ros.now += 30;
    }
    expect(ros.reads).toEqual(["topics", "services"]);
  });

  it("are read anew at the next look, and show what changed", () => {
    expect(node.getServiceNamesAndTypes()).toEqual([]);
    ros.service("/a", "std_srvs/srv/Trigger");
    ros.now += 150;
    expect(node.getServiceNamesAndTypes()).toEqual([]);
    ros.now += 1;
    expect(node.getServiceNamesAndTypes()).toEqual([{ name: "/a", types: ["std_srvs/srv/Trigger"] }]);
  });

  it("are kept each by itself: topics read late do not make services old", () => {
    node.getServiceNamesAndTypes();
    ros.now += 100;
    node.getTopicNamesAndTypes();
    ros.now += 100;
    node.getServiceNamesAndTypes();
    node.getTopicNamesAndTypes();
    expect(ros.reads).toEqual(["services", "topics", "services"]);
  });

  it("of another node are its own", () => {
    const other = ros.node("other");
    other.getTopicNamesAndTypes();
    other.getTopicNamesAndTypes();
    expect(ros.reads).toHaveLength(2);
  });
});
