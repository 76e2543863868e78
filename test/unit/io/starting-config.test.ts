import { describe, expect, it } from "vitest";
import { robotsAtStart } from "../../../src/io/config/config-schema.ts";
import { parseConfig } from "../../../src/io/config/load-config.ts";
import { type Found, startingConfig } from "../../../src/io/config/starting-config.ts";

const nothing: Found = { robots: [], hasRos: false, files: [], broker: null };

function written(found: Partial<Found>) {
  const text = startingConfig({ ...nothing, ...found });
  const config = parseConfig(text, "twin.yaml");
  if (!config.ok) throw new Error(`${config.path}: ${config.reason}\n${text}`);
  return { text, config: config.value };
}

/** The text with what stands in comments switched on, as a person does who edits it. */
const uncommented = (text: string): string =>
  text.replaceAll(/^(\s*)# (?=\s*(?:[a-z][A-Za-z]*:|- \{))/gm, "$1");

describe("a first configuration", () => {
  it("is valid whatever was found", () => {
    for (const broker of [null, "open", "login"] as const) {
      for (const robots of [[], [""], ["r2", "cell/left"]]) {
        for (const files of [[], ["urdf/arm.urdf", "other.xacro"]]) {
          expect(() => written({ robots, files, broker })).not.toThrow();
        }
      }
    }
  });

  it("names the robots that are on ROS, each by its namespace", () => {
    const { config } = written({ robots: ["", "r2", "cell/left"], hasRos: true, files: ["arm.urdf"] });
    expect(
      robotsAtStart(config).map(({ id, namespace, description }) => [id, namespace, description]),
    ).toEqual([
      ["robot", "", "topic"],
      ["r2", "r2", "topic"],
      ["cell_left", "cell/left", "topic"],
    ]);
  });

  it("names the nearest file, and the others as comments", () => {
    const { config, text } = written({ files: ["my robot: v1.urdf", "urdf/b.urdf"] });
    expect(robotsAtStart(config)[0]?.description).toBe("my robot: v1.urdf");
    expect(text).toContain("# description: urdf/b.urdf");
  });

  it("keeps words of YAML as names", () => {
    const { config } = written({ robots: ["off", "123"], hasRos: true });
    expect(robotsAtStart(config).map(({ id, namespace }) => [id, namespace])).toEqual([
      ["off", "off"],
      ["123", "123"],
    ]);
  });

  it("has a broker where one answers, with a login where it wants one", () => {
    expect(written({}).config.mqtt).toBeUndefined();
    expect(written({ broker: "open" }).config.mqtt).toMatchObject({ url: "mqtt://127.0.0.1:1883" });
    expect(written({ broker: "login" }).config.mqtt).toMatchObject({ passwordFile: "broker-password" });
  });

  it("has examples in its comments that are valid, too", () => {
    const text = uncommented(written({ broker: "open", files: ["a.urdf"] }).text);
    const config = parseConfig(text, "twin.yaml");
    expect(config.ok ? "" : `${config.path}: ${config.reason}\n${text}`).toBe("");
    expect(config.ok && config.value.mqtt?.mappings).toHaveLength(1);
    expect(config.ok && robotsAtStart(config.value)[0]?.limits.linear).toBe(0.5);
  });
});
