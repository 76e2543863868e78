import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgram } from "../../../src/cli/program.ts";
import { packageVersion } from "../../../src/io/package-root.ts";
import { caught, commandsOf, twin, understood } from "./command-at-hand.ts";

const commands = [...commandsOf(createProgram())];

/** The arguments without which a command does not run. */
function needed(name: string): string[] {
  if (name === "token add") return ["f", "--role", "viewer"];
  return /^(?:model|replay|token remove|history (?:backup|restore))/.test(name) ? ["f"] : [];
}

describe("the commands of twin", () => {
  it("are these", () => {
    expect(commands.map(([name]) => name)).toEqual([
      "up",
      "sim",
      "device",
      "gateway",
      "doctor",
      "init",
      "ros setup",
      "ros graph",
      "model check",
      "model eval",
      "model bench",
      "model show",
      "history info",
      "history verify",
      "history prune",
      "history backup",
      "history restore",
      "history erase",
      "record",
      "replay",
      "export",
      "token add",
      "token list",
      "token remove",
    ]);
  });

  it.each(commands)("%s describes itself and every option that it shows", async (name, command) => {
    const { code, out } = await twin(...name.split(" "), "--help");
    expect(code).toBe(0);
    expect(command.description()).not.toBe("");
    expect(out.replace(/\s+/g, " ")).toContain(command.description());
    for (const option of command.options.filter(({ hidden }) => !hidden)) {
      expect(out).toContain(option.long as string);
      expect(option.description, `${name} ${option.long}`).not.toBe("");
    }
    for (const argument of command.registeredArguments) expect(argument.description).not.toBe("");
  });

  it.each(commands)("%s refuses an option that it does not have, by 2 and one error", async (name) => {
    const run = await twin(...name.split(" "), ...needed(name), "--frobnicate");
    expect(run.code).toBe(2);
    expect(run.err.match(/^error: /gm)).toHaveLength(1);
    expect(run.err).toContain("unknown option '--frobnicate'");
    expect(run.err).toContain("(see --help)");
    expect(run.out).toBe("");
  });

  it.each(commands)("%s refuses an argument too many", async (name) => {
    const run = await twin(...name.split(" "), ...needed(name), "more");
    expect(run.code).toBe(2);
    expect(run.err).toContain("too many arguments");
  });

  it.each(commands.filter(([name]) => name.startsWith("model") || name === "replay"))(
    "%s needs a file",
    async (name) => {
      const run = await twin(...name.split(" "));
      expect(run.code).toBe(2);
      expect(run.err).toContain("missing required argument 'file'");
    },
  );

  it("are listed by twin --help, and its version by --version", async () => {
    const help = await twin("--help");
    expect(help.code).toBe(0);
    for (const name of ["up", "sim", "device", "gateway", "doctor", "init", "ros", "model"]) {
      expect(help.out).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    }
    expect(await twin("--version")).toEqual({ code: 0, out: `${packageVersion}\n`, err: "" });
  });

  it("are refused by 2 where there is none of that name, with one that was meant", async () => {
    const { code, err } = await twin("docter");
    expect(code).toBe(2);
    expect(err).toContain("unknown command 'docter'");
    expect(err).toContain("doctor");
  });
});

describe("the options without a word of the user's", () => {
  it.each([
    ["up", { ros: "auto" }],
    ["sim", { namespace: "" }],
    ["device", { id: "demo-device", url: "mqtt://127.0.0.1:1883", link: "tool0", mqtt: "5" }],
    ["gateway", { baud: 115_200, url: "mqtt://127.0.0.1:1883" }],
    ["doctor", {}],
    ["init", { out: "twin.yaml" }],
    ["ros setup", {}],
    ["ros graph", {}],
    ["model check f", {}],
    ["model eval f", { base: "fixed" }],
    ["model bench f", { base: "fixed" }],
    ["model show f", { host: "127.0.0.1", port: 0 }],
  ])("of %s are %o", async (line, options) => {
    expect((await understood(...line.split(" "))).options).toEqual(options);
  });
});

describe("the options of a user", () => {
  it("of up are taken as they are meant", async () => {
    const line =
      "up --config a.yaml --ros on --host 0.0.0.0 --port 0 --namespace r2 --use-sim-time --open --json --description x.urdf";
    expect((await understood(...line.split(" "))).options).toEqual({
      config: "a.yaml",
      ros: "on",
      host: "0.0.0.0",
      port: 0,
      namespace: "r2",
      useSimTime: true,
      open: true,
      json: true,
      description: "x.urdf",
    });
  });

  it("of sim are taken as they are meant, its faults in their order", async () => {
    const line =
      "sim --robot x.urdf --base omni --namespace r2 --stamped --plant kinematic --fault a:stuck --fault b:torque=0.3@10";
    expect((await understood(...line.split(" "))).options).toEqual({
      robot: "x.urdf",
      base: "omni",
      namespace: "r2",
      stamped: true,
      plant: "kinematic",
      fault: [
        { joint: "a", fault: { kind: "stuck" }, after: 0 },
        { joint: "b", fault: { kind: "torque", left: 0.3 }, after: 10 },
      ],
    });
  });

  it("of gateway are taken as they are meant, also an address of IPv6", async () => {
    const tcp = async (text: string) => (await understood("gateway", "--tcp", text)).options?.tcp;
    expect(await tcp("10.0.0.7:5555")).toEqual({ host: "10.0.0.7", port: 5555 });
    expect(await tcp("[fe80::1]:5555")).toEqual({ host: "fe80::1", port: 5555 });
    expect((await understood("gateway", "--serial", "/dev/ttyUSB0", "--baud", "9600")).options).toMatchObject(
      {
        serial: "/dev/ttyUSB0",
        baud: 9600,
      },
    );
  });

  it("of device and doctor are taken as they are meant", async () => {
    const device =
      "device --id d1 --mqtt 3.1.1 --username u --password-file p --ca a --cert b --key c --server-name n";
    expect((await understood(...device.split(" "))).options).toMatchObject({
      id: "d1",
      mqtt: "3.1.1",
      username: "u",
      passwordFile: "p",
      ca: "a",
      cert: "b",
      key: "c",
      serverName: "n",
    });
    expect((await understood("doctor", "--port", "8081", "--namespace", "r2", "--json")).options).toEqual({
      port: 8081,
      namespace: "r2",
      json: true,
    });
  });

  it("of model are taken as they are meant, its arguments by name", async () => {
    const line =
      "model check a.xacro --arg prefix:=left_ --arg url:=a:=b --srdf a.srdf --limits l.yaml --json";
    const { options, arguments: given } = await understood(...line.split(" "));
    expect(given).toEqual(["a.xacro"]);
    expect(options).toEqual({
      arg: new Map([
        ["prefix", "left_"],
        ["url", "a:=b"],
      ]),
      srdf: "a.srdf",
      limits: "l.yaml",
      json: true,
    });
    expect((await understood("model", "eval", "f", "--base", "floating")).options?.base).toBe("floating");
  });
});

describe("a wrong value", () => {
  it.each([
    ["up --port 65536", "a port is a number from 0 to 65535"],
    ["up --port -1", "a port is a number from 0 to 65535"],
    ["up --port 80.5", "a port is a number from 0 to 65535"],
    ["up --port 1e3", "a port is a number from 0 to 65535"],
    ["up --ros maybe", "Allowed choices are auto, on, off"],
    ["up --arg prefix=x", "it should be name:=value, as prefix:=left_"],
    ["up --config", "argument missing"],
    ["doctor --port x", "a port is a number from 0 to 65535"],
    ["model show f --port x", "a port is a number from 0 to 65535"],
    ["model check f --arg :=x", "it should be name:=value"],
    ["model eval f --base flying", "Allowed choices are fixed, floating"],
    ["model bench f --base flying", "Allowed choices are fixed, floating"],
    ["sim --base tracked", "Allowed choices are fixed, diff_drive, omni, mecanum, ackermann"],
    ["sim --plant magic", "Allowed choices are dynamic, kinematic"],
    ["sim --fault elbow", "write JOINT:KIND[=NUMBER][@SECONDS]"],
    ["sim --fault a:stuck --fault b:melted", 'there is no fault "melted"'],
    ["device --mqtt 4", "Allowed choices are 3, 3.1.1, 5"],
    ["gateway --baud 0", "a whole number above 0"],
    ["gateway --baud 9600.5", "a whole number above 0"],
    ["gateway --tcp 10.0.0.7", "an address as 127.0.0.1:5555"],
    ["gateway --tcp 10.0.0.7:0", "an address as 127.0.0.1:5555"],
    ["gateway --tcp 10.0.0.7:70000", "an address as 127.0.0.1:5555"],
    ["gateway --tcp fe80::1:5555", "an address as 127.0.0.1:5555"],
  ])("in %s is one error and exit code 2, and nothing is done", async (line, message) => {
    const { code, err, out, options } = await understood(...line.split(" "));
    expect(code).toBe(2);
    expect(err.match(/^error: /gm)).toHaveLength(1);
    expect(err).toContain(message);
    expect([out, options]).toEqual(["", null]);
  });
});

describe("arguments that do not go together", () => {
  beforeEach(() => {
    vi.stubEnv("AMENT_PREFIX_PATH", "");
    vi.stubEnv("TWIN_ROS_DIR", "/nowhere/twin-ros");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    ["up --description a --robot b", "--description and --robot are the same option: use one of them"],
    ["sim --description a --robot b", "--description and --robot are the same option: use one of them"],
    ["up --arg a:=b", "--arg is for a xacro file: name it with --description"],
    ["up --description topic --arg a:=b", "--arg is for a xacro file: name it with --description"],
    ["device --id a/b", "--id: 1 to 64 of A-Z a-z 0-9 _ . -"],
    ["device --url broker:1883", '--url: "broker:1883" is no address of a broker; write mqtt://broker:1883'],
    ["device --cert c.pem", "--cert and --key: give both"],
    ["device --key k.pem", "--cert and --key: give both"],
    ["gateway", "give either --serial or --tcp"],
    ["gateway --serial /dev/x --tcp h:1", "give either --serial or --tcp"],
    ["gateway --tcp h:1 --url broker", '--url: "broker" is no address of a broker; write mqtt://broker:1883'],
    ["gateway --tcp h:1 --url ws://u:p@b/m", "--url: a gateway needs mqtt:// or mqtts://, not ws://b/m"],
  ])("in %s are one line and exit code 2", async (line, message) => {
    expect(await twin(...line.split(" "))).toEqual({ code: 2, out: "", err: `twin: ${message}\n` });
  });

  it.each([
    ["up --config /none.yaml", "/none.yaml: "],
    ["doctor --config /none.yaml", "/none.yaml: "],
    ["up --ros on", "there is no ROS 2 in this environment: source your ROS 2"],
    ["sim", "there is no ROS 2 in this environment: source your ROS 2"],
    ["ros graph", "there is no ROS 2 in this environment: source your ROS 2"],
    ["model check /none.urdf", "cannot read /none.urdf: there is no such file"],
    ["model eval /none.urdf", "cannot read /none.urdf: there is no such file"],
    ["model bench /none.urdf", "cannot read /none.urdf: there is no such file"],
  ])("the world lacks what %s needs: one line and exit code 1", async (line, message) => {
    const { code, out, err } = await twin(...line.split(" "));
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^twin: [^\n]+\n$/);
    expect(err).toContain(message);
  });
});

describe("a caught run", () => {
  it("does not hide an exception that is no end of the program", async () => {
    const run = caught(() => {
      throw new Error("a fault of ours");
    });
    await expect(run).rejects.toThrow("a fault of ours");
  });
});
