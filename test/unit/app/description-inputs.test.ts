import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pushDescriptionFiles, pushSemanticsFiles } from "../../../src/app/description-inputs.ts";
import { StartFault } from "../../../src/app/start-fault.ts";
import { Inbox } from "../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";
import { configSchema } from "../../../src/io/config/config-schema.ts";
import { twoJointUrdf } from "../engine/engine-at-hand.ts";

const srdf = '<robot name="two"/>';
const xacro = `<robot name="two" xmlns:xacro="http://www.ros.org/wiki/xacro">
  <xacro:arg name="prefix" default="plain_"/><link name="$(arg prefix)base"/></robot>`;

describe("the files of a configuration", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-descriptions-"));
    vi.stubEnv("AMENT_PREFIX_PATH", "");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };

  /** What is pushed for these robots, at 7 ms. */
  const pushed = (push: typeof pushDescriptionFiles, robots: object[], more: object = {}): Arrival[] => {
    const arrivals: Arrival[] = [];
    const inbox = new Inbox(undefined, (arrival) => arrivals.push(arrival));
    const config = configSchema.parse({ robots, ...more });
    push(inbox, { config, configPath: join(folder, "twin.yaml") }, 7);
    return arrivals;
  };

  describe("for descriptions", () => {
    it("are read from beside it, under the file as source; a topic is nobody's file", () => {
      file("urdf/two.urdf", twoJointUrdf);
      const robots = [{ id: "left", description: "urdf/two.urdf" }, { id: "right" }];
      expect(pushed(pushDescriptionFiles, robots)).toEqual([
        {
          source: "file:left/description",
          received: 7,
          input: { kind: "description", robot: "left", text: twoJointUrdf },
        },
      ]);
    });

    it("are expanded by xacro with the robot's arguments", () => {
      file("two.xacro", xacro);
      const robots = [
        { id: "left", description: "two.xacro", arguments: { prefix: "left_" } },
        { id: "plain", description: "two.xacro" },
      ];
      const texts = pushed(pushDescriptionFiles, robots).map(({ input }) => JSON.stringify(input));
      expect(texts[0]).toContain("left_base");
      expect(texts[1]).toContain("plain_base");
    });

    it("are found in the packages of the configuration", () => {
      file("share/two_description/two.urdf", twoJointUrdf);
      const robots = [{ id: "left", description: "package://two_description/two.urdf" }];
      const packages = { two_description: join(folder, "share/two_description") };
      expect(pushed(pushDescriptionFiles, robots, { ros: { packages } })).toHaveLength(1);
    });

    it("keep the program from starting where one is missing or broken, by robot and file", () => {
      const robots = [{ id: "left", description: "two.urdf" }];
      const start = () => pushed(pushDescriptionFiles, robots);
      expect(start).toThrow(StartFault);
      expect(start).toThrow(`robots.left.description: ${join(folder, "two.urdf")}: there is no such file`);
      file("two.urdf", "<robot");
      expect(start).toThrow(StartFault);
      expect(start).toThrow("robots.left.description: two.urdf: ");
    });
  });

  describe("for SRDFs", () => {
    it("are those beside the descriptions, where they are there", () => {
      file("two.urdf", twoJointUrdf);
      file("two.srdf", srdf);
      file("bare.urdf", twoJointUrdf);
      const robots = [
        { id: "left", description: "two.urdf" },
        { id: "bare", description: "bare.urdf" },
        { id: "topic" },
      ];
      expect(pushed(pushSemanticsFiles, robots)).toEqual([
        {
          source: "file:left/srdf",
          received: 7,
          input: { kind: "semantics", robot: "left", text: srdf },
        },
      ]);
    });

    it("are those that are named, also for a description from a topic, and none where they are off", () => {
      file("two.urdf", twoJointUrdf);
      file("two.srdf", srdf);
      file("other.srdf", '<robot name="other"/>');
      const robots = [
        { id: "left", srdf: "other.srdf" },
        { id: "right", description: "two.urdf", srdf: "off" },
      ];
      expect(pushed(pushSemanticsFiles, robots).map(({ input }) => input)).toEqual([
        { kind: "semantics", robot: "left", text: '<robot name="other"/>' },
      ]);
    });

    it("keep the program from starting where one that is named is missing", () => {
      const start = () => pushed(pushSemanticsFiles, [{ id: "left", srdf: "none.srdf" }]);
      expect(start).toThrow(StartFault);
      expect(start).toThrow(`robots.left.srdf: ${join(folder, "none.srdf")}: there is no such file`);
    });

    it("are beside the description that is used, in whichever prefix of ROS that is", () => {
      file("under/share/two_description/two.urdf", twoJointUrdf);
      file("under/share/two_description/two.srdf", srdf);
      mkdirSync(join(folder, "overlay/share/other"), { recursive: true });
      vi.stubEnv("AMENT_PREFIX_PATH", `${join(folder, "overlay")}:${join(folder, "under")}`);
      const robots = [{ id: "left", description: "package://two_description/two.urdf" }];
      expect(pushed(pushDescriptionFiles, robots)).toHaveLength(1);
      expect(pushed(pushSemanticsFiles, robots)).toHaveLength(1);
    });
  });
});
