import { describe, expect, it } from "vitest";
import { robotsAtStart } from "../../../src/io/config/config-schema.ts";
import { loadConfig, parseConfig } from "../../../src/io/config/load-config.ts";

function fault(text: string): string {
  const result = parseConfig(text, "twin.yaml");
  return result.ok ? "taken" : `${result.path}: ${result.reason}`;
}

describe("a configuration", () => {
  it("waits for one robot at the root of ROS where robots are found by themselves", () => {
    for (const text of ["", "robots: auto", "robots:"]) {
      const result = parseConfig(text, "twin.yaml");
      if (!result.ok) throw new Error(result.reason);
      expect(result.value.robots).toBe("auto");
      expect(robotsAtStart(result.value)).toMatchObject([
        {
          id: "robot",
          namespace: "",
          description: "topic",
          base: "auto",
          commands: { trajectory: "auto", twist: "auto" },
        },
      ]);
    }
    expect(parseConfig("robots: all", "twin.yaml")).toMatchObject({
      reason: 'it must be auto, or a list of robots; it is "all"',
    });
    expect(parseConfig("robots: []", "twin.yaml").ok).toBe(false);
  });

  it("may be empty: every key has a default", () => {
    const result = parseConfig("", "twin.yaml");
    if (!result.ok) throw new Error(result.reason);
    expect(result.value).toMatchObject({
      robots: "auto",
      server: { host: "127.0.0.1", port: 8080, origins: [] },
      cycleHz: 100,
    });
    expect(parseConfig("# nothing\n", "twin.yaml")).toEqual(result);
  });

  it("is told all its faults at once, each with its line, and of many the first ten", () => {
    const text = "prot: 1\nserver:\n  prot: 8080\nmqtt:\n  version: 9\n";
    const lines = fault(text).split("\n");
    expect(lines.map((line) => line.split(": ").slice(0, 2).join(": ")).sort()).toEqual([
      "twin.yaml:1: prot",
      "twin.yaml:3: server.prot",
      "twin.yaml:5: mqtt.version",
    ]);
    const many = Array.from({ length: 30 }, (_, i) => `key${i}: 1\n`).join("");
    expect(fault(many).split("\n")).toHaveLength(11);
    expect(fault(many)).toContain("20 more faults");
  });

  it("names numbers of topics to record by their line, and refuses what names none, what is denied, and too many", () => {
    const good = parseConfig('topics: { record: ["/imu#a.z", "/temps#data[3]"] }\n', "twin.yaml");
    expect(good.ok && good.value.topics.record.map(({ topic, field }) => [topic, field])).toEqual([
      ["/imu", "a.z"],
      ["/temps", "data[3]"],
    ]);
    const lines = 'topics:\n  deny: ["/secret"]\n  record:\n    - "/imu#a"\n    - ';
    expect(fault(`${lines}"imu"\n`)).toMatch(
      /^twin.yaml:5: topics.record.1: it must be the name of a topic, # and/,
    );
    expect(fault(`${lines}"/secret#a"\n`)).toMatch(/^twin.yaml:5: topics.record.1: \/secret is not allowed/);
    expect(fault(`${lines}"/imu#a"\n`)).toMatch(/:5: topics.record.1: \/imu#a stands twice/);
    const many = Array.from({ length: 201 }, (_, i) => `"/a#x[${i}]"`).join(", ");
    expect(fault(`topics: { record: [${many}] }\n`)).toMatch(/record: it must have at most 200 entries/);
  });

  it("may say everything the contract names", () => {
    const text = `
robots:
  - id: left
    namespace: /left
    description: package://arm/urdf/arm.urdf
    base: fixed
    commands: {trajectory: [arm_controller], twist: off}
    limits: {jointVelocity: 0.5}
  - id: right
    footprint: [[0.3, 0.2], [-0.3, 0.2], [-0.3, -0.2], [0.3, -0.2]]
    map: {topic: /map, unknown: free, threshold: 50}
    checkGoals: false
  - id: round
    footprint: 0.25
mqtt:
  url: mqtts://broker:8883
  mappings:
    - {topic: "home/+/bat", payload: /v, property: battery/voltage, unit: V, scale: 0.001, stamp: {payload: /t, unit: ms}, sequence: /n}
server: {host: 0.0.0.0, port: 0, token: "12345678", origins: ["https://panel.example"]}
ros: {useSimTime: true, packages: {arm: /opt/arm}}
cycleHz: 250
stateDir: /tmp/x
`;
    const result = parseConfig(text, "twin.yaml");
    expect(result.ok ? "taken" : `${result.path}: ${result.reason}`).toBe("taken");
  });

  const faults: [string, string, string][] = [
    [
      "an unknown key at the top",
      "server: {}\nfrobnicate: 1\n",
      "twin.yaml:2: frobnicate: there is no such key; there are robots, mqtt, sources, server, scene, history, topics, ros, recordings, stateDir, cycleHz",
    ],
    [
      "an unknown key deep inside",
      "robots:\n  - id: a\n    limits:\n      linear: 1\n      warp: 9\n",
      "twin.yaml:5: robots.0.limits.warp: there is no such key",
    ],
    [
      "an unknown key whose value is a map",
      "robots:\n  - id: a\n    frobnicate:\n      x: 1\n",
      "twin.yaml:3: robots.0.frobnicate: there is no such key",
    ],
    [
      "an unknown key whose value is a list",
      "server:\n  ports:\n    - 1\n    - 2\n",
      "twin.yaml:2: server.ports: there is no such key",
    ],
    [
      "a map where a number stands",
      "server:\n  port:\n    number: 8080\n",
      "twin.yaml:2: server.port: it must be a number, and is a map",
    ],
    [
      "a threshold that no cell can have",
      "robots:\n  - id: a\n    map: {threshold: 101}\n",
      "twin.yaml:3: robots.0.map.threshold: it must be at most 100, and is 101",
    ],
    [
      "a port too high",
      "server:\n  port: 70000\n",
      "twin.yaml:2: server.port: it must be at most 65535, and is 70000",
    ],
    [
      "a port as text",
      'server:\n  port: "8080"\n',
      'twin.yaml:2: server.port: it must be a number, and is "8080"',
    ],
    [
      "a misspelt key at the top",
      "sever: {}\n",
      'twin.yaml:1: sever: there is no such key; did you mean "server"?',
    ],
    [
      "a misspelt key deep inside",
      "robots:\n  - id: a\n    limits:\n      linear_acceleration: 9\n",
      'robots.0.limits.linear_acceleration: there is no such key; did you mean "linearAcceleration"?',
    ],
    [
      "a misspelt key of a mapping, whose right one is then missing",
      "mqtt:\n  mappings:\n    - topic: a\n      proprety: x\n",
      'twin.yaml:4: mqtt.mappings.0.proprety: there is no such key; did you mean "property"?',
    ],
    ["a misspelt word", "robots:\n  - base: diff-drive\n", 'is "diff-drive"; did you mean "diff_drive"?'],
    [
      "a number for an action",
      "robots:\n  - commands: {trajectory: 3}\n",
      "robots.0.commands.trajectory: it must be auto, off, the name of an action as /arm_controller/follow_joint_trajectory, or a list of such names; it is 3",
    ],
    [
      "a list for a topic",
      "robots:\n  - commands: {twist: [a]}\n",
      "robots.0.commands.twist: it must be auto, off, or the name of a topic as /cmd_vel; it is a list",
    ],
    ["a short token", "server:\n  token: abc\n", "twin.yaml:2: server.token: at least 8 characters"],
    ["a base that there is none of", "robots:\n  - base: hover\n", "twin.yaml:2: robots.0.base: "],
    ["an id with a slash", "robots:\n  - id: a/b\n", "twin.yaml:2: robots.0.id: "],
    [
      "two robots of one id",
      "robots:\n  - id: a\n  - id: a\n",
      "twin.yaml:1: robots: two robots share an id",
    ],
    ["no robot at all", "robots: []\n", "twin.yaml:1: robots: "],
    [
      "an object without its size",
      "scene:\n  - id: a\n    shape: plane\n  - id: b\n    shape: box\n",
      "twin.yaml:4: scene.1.size: a box needs this key",
    ],
    [
      "an object of a shape that there is not",
      "scene:\n  - id: a\n    shape: sphre\n    radius: 1\n",
      "twin.yaml:3: scene.0.shape: it must be one of",
    ],
    [
      "a misspelt key of an object",
      "scene:\n  - id: a\n    shape: sphere\n    radius: 1\n    fram: base\n",
      'twin.yaml:5: scene.0.fram: there is no such key; did you mean "frame"?',
    ],
    [
      "two objects of one id",
      "scene:\n  - id: a\n    shape: plane\n  - id: a\n    shape: plane\n",
      "twin.yaml:4: scene.1.id: two objects have the id a",
    ],
    [
      "an attached object without a link's frame of its own",
      "scene:\n  - id: a\n    shape: sphere\n    radius: 1\n    attach: tool\n    frame: base\n",
      "twin.yaml:6: scene.0.frame: an attached object is in the frame of the link that carries it",
    ],
    ["a limit of zero", "robots:\n  - limits:\n      linear: 0\n", "twin.yaml:3: robots.0.limits.linear: "],
    [
      "a limit that is not a number",
      "robots:\n  - limits:\n      linear: .nan\n",
      "twin.yaml:3: robots.0.limits.linear: ",
    ],
    [
      "a broker's address without its scheme",
      "mqtt:\n  url: broker:1883\n",
      'twin.yaml:2: mqtt.url: "broker:1883" is no address of a broker; write mqtt://broker:1883',
    ],
    [
      "a mapping without a property",
      "mqtt:\n  mappings:\n    - topic: a\n",
      "twin.yaml:3: mqtt.mappings.0.property: ",
    ],
    [
      "a topic filter that is none",
      "mqtt:\n  mappings:\n    - topic: a/#/b\n      property: x\n",
      "twin.yaml:3: mqtt.mappings.0.topic: an MQTT topic filter",
    ],
    [
      "a JSON pointer without its slash",
      "mqtt:\n  mappings:\n    - topic: a\n      property: x\n      payload: value\n",
      "twin.yaml:5: mqtt.mappings.0.payload: a JSON pointer starts with /",
    ],
    ["a cycle too slow", "cycleHz: 1\n", "twin.yaml:1: cycleHz: "],
    ["a list for the whole", "- 1\n", "twin.yaml:1: the whole file: "],
    ["a word for the whole", "hello\n", "twin.yaml:1: the whole file: "],
    ["a key named __proto__", "__proto__:\n  x: 1\n", "twin.yaml:1: __proto__: there is no such key"],
    ["a key twice", "cycleHz: 100\ncycleHz: 200\n", "twin.yaml:2: Map keys must be unique"],
    ["text that is no YAML", "robots: [\n  - id\n", "twin.yaml:"],
    ["a tab as indentation", "robots:\n\t- id: a\n", "twin.yaml:2: "],
  ];
  for (const [what, text, message] of faults) {
    it(`with ${what} is refused with file, line and field`, () => expect(fault(text)).toContain(message));
  }

  it("takes the name of one action as a list of one", () => {
    const result = parseConfig("robots:\n  - commands: {trajectory: /arm/follow_joint_trajectory}\n", "x");
    if (!result.ok) throw new Error(result.reason);
    expect(robotsAtStart(result.value)[0]?.commands.trajectory).toEqual(["/arm/follow_joint_trajectory"]);
    const auto = parseConfig("robots:\n  - commands: {trajectory: off}\n", "x");
    expect(auto.ok && robotsAtStart(auto.value)[0]?.commands.trajectory).toBe("off");
  });

  it("shows no secret, even where it is wrong", () => {
    for (const text of [
      "mqtt:\n  password: 4711471147\n",
      "server:\n  token: 4711471147\n",
      "mqtt:\n  url: arm:4711471147@broker\n",
    ]) {
      expect(fault(text)).toContain("twin.yaml:2");
      expect(fault(text)).not.toContain("4711471147");
    }
  });

  it("says one line however long the fault", () => {
    for (const [, text] of faults) expect(fault(text)).not.toContain("\n");
  });

  it("that is a bomb of aliases is refused", () => {
    const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let i = 1; i < 9; i++) {
      const before = String.fromCharCode(96 + i);
      lines.push(
        `${String.fromCharCode(97 + i)}: &${String.fromCharCode(97 + i)} [${Array(9).fill(`*${before}`).join(",")}]`,
      );
    }
    expect(fault(lines.join("\n"))).not.toBe("taken");
  });

  it("that cannot be read says so with its path", () => {
    const result = loadConfig("/nowhere/twin.yaml");
    expect(result).toMatchObject({ ok: false, path: "/nowhere/twin.yaml", reason: "there is no such file" });
    expect(loadConfig("/")).toMatchObject({ ok: false, reason: "it is a folder, not a file" });
  });
});
