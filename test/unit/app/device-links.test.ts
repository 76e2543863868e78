import { describe, expect, it } from "vitest";
import {
  bindingByPatterns,
  brokerAddress,
  deviceProfiles,
  priorityByPatterns,
  sendBySome,
} from "../../../src/app/device-links.ts";
import type { Objection } from "../../../src/command/validate-motion.ts";
import { type Config, configSchema } from "../../../src/io/config/config-schema.ts";
import type { MqttLink } from "../../../src/io/mqtt/mqtt-link.ts";

function mqttOf(settings: Record<string, unknown>): NonNullable<Config["mqtt"]> {
  const { mqtt } = configSchema.parse({ mqtt: { url: "mqtt://broker", ...settings } });
  if (mqtt === undefined) throw new Error("no broker");
  return mqtt;
}

describe("the broker of a configuration", () => {
  it("has its files beside the configuration, and absolute ones where they are", () => {
    const mqtt = mqttOf({
      username: "arm",
      passwordFile: "secret/password",
      tls: { ca: "ca.pem", cert: "/etc/twin/cert.pem", key: "../key.pem", serverName: "broker.local" },
    });
    expect(brokerAddress(mqtt, "mqtts://broker", "/srv/robot/twin.yaml")).toEqual({
      url: "mqtts://broker",
      username: "arm",
      password: undefined,
      passwordFile: "/srv/robot/secret/password",
      tls: {
        ca: "/srv/robot/ca.pem",
        cert: "/etc/twin/cert.pem",
        key: "/srv/key.pem",
        serverName: "broker.local",
      },
    });
  });

  it("has them below the working folder where there is no configuration's file", () => {
    const { passwordFile } = brokerAddress(mqttOf({ passwordFile: "password" }), "mqtt://b", null);
    expect(passwordFile).toBe(`${process.cwd()}/password`);
  });

  it("has no files where none are named", () => {
    expect(brokerAddress(mqttOf({}), "mqtt://b", null)).toEqual({ url: "mqtt://b" });
  });
});

describe("the profiles of a configuration", () => {
  const names = (settings: Record<string, unknown>) =>
    deviceProfiles(mqttOf(settings), 1000).map(({ name }) => name);

  it("are the native one by itself, and the others where they are configured", () => {
    expect(names({})).toEqual(["native"]);
    expect(names({ sparkplug: { hostId: "twin" }, homie: {} })).toEqual(["native", "sparkplug", "homie"]);
  });

  it("are none where the native one is off", () => {
    expect(names({ devices: false })).toEqual([]);
  });
});

describe("the priority of sources", () => {
  const priority = priorityByPatterns(["mqtt:gripper", "ros:*", "mqtt:*"]);

  it("is higher the earlier the first pattern stands that matches", () => {
    expect(["mqtt:gripper", "ros:/joint_states", "mqtt:lamp"].map(priority)).toEqual([3, 2, 1]);
  });

  it("is none for a source that no pattern matches as a whole", () => {
    expect(["sim:arm", "x-ros:/tf", "mqtt:gripper2"].map(priority)).toEqual([0, 0, 1]);
    expect(priorityByPatterns(["ros:/tf"])("ros:/tf2")).toBe(0);
  });

  it("takes every character but * as itself", () => {
    expect(priorityByPatterns(["mqtt:a.b"])("mqtt:axb")).toBe(0);
    expect(priorityByPatterns(["mqtt:a+(b)"])("mqtt:a+(b)")).toBe(1);
  });
});

describe("whether a device may bind a joint", () => {
  it("is said by patterns of device and joint", () => {
    const may = bindingByPatterns(["gripper/*_finger", "*/elbow"]);
    expect(may("gripper", "left_finger")).toBe(true);
    expect(may("lamp", "elbow")).toBe(true);
    expect(may("gripper", "wrist")).toBe(false);
    expect(may("lamp", "left_finger")).toBe(false);
  });

  it("is no where nothing is allowed, and yes for names with slashes where all is", () => {
    expect(bindingByPatterns([])("gripper", "elbow")).toBe(false);
    expect(bindingByPatterns(["*/*"])("gripper", "tool/left")).toBe(true);
  });
});

describe("a command to a device of one of several brokers", () => {
  const command = { id: "c", seq: 1, ref: 0, ttl_ms: 100, signals: {} };
  const tried: string[] = [];
  const link = (name: string, objection: Objection | null): MqttLink =>
    ({
      send: () => {
        tried.push(name);
        return objection;
      },
    }) as unknown as MqttLink;
  const down = { code: "no_broker", message: "the broker is not connected" } as const;
  const unknown = { code: "not_encodable", message: "not at this broker" } as const;

  it("goes to the first that knows the device, and to no other", () => {
    tried.length = 0;
    const links = [link("a", unknown), link("b", null), link("c", null)];
    expect(sendBySome(links, "lamp", command)).toBeNull();
    expect(tried).toEqual(["a", "b"]);
  });

  it("is refused with what the first says where none knows it", () => {
    expect(sendBySome([link("a", unknown), link("b", down)], "lamp", command)).toEqual(unknown);
  });

  it("is refused where there is no broker at all", () => {
    expect(sendBySome([], "lamp", command)).toEqual({ code: "no_broker", message: "there is no broker" });
  });
});
