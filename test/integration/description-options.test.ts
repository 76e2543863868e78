import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { runTwin, TwinProcess } from "../support/twin-process.ts";

const xacro = `<robot name="x" xmlns:xacro="http://www.ros.org/wiki/xacro">
  <xacro:arg name="prefix" default="right_"/>
  <link name="$(arg prefix)base">
    <visual><geometry><mesh filename="package://my_robot/meshes/arm.stl"/></geometry></visual>
  </link>
  <link name="$(arg prefix)tip"/>
  <joint name="$(arg prefix)turn" type="continuous">
    <parent link="$(arg prefix)base"/><child link="$(arg prefix)tip"/>
  </joint>
</robot>
`;

const twin = new TwinProcess();
afterAll(() => twin.remove());

const hasLink = async (name: string): Promise<boolean> => `robot/link/${name}` in (await twin.twin()).things;

describe("a description with arguments", () => {
  it("is taken with --description and --arg, or --robot, or from the configuration", async () => {
    const file = twin.file("arm.urdf.xacro", xacro);
    for (const option of ["--description", "--robot"]) {
      await twin.up("--port", "0", option, file, "--arg", "prefix:=left_");
      await eventually("the prefixed link", () => hasLink("left_base"));
      await twin.stop();
    }
    const config = twin.file(
      "twin.yaml",
      "robots:\n  - description: arm.urdf.xacro\n    arguments: {prefix: far_}\n",
    );
    await twin.up("--port", "0", "--config", config);
    await eventually("the prefixed link", () => hasLink("far_base"));
    expect(await hasLink("right_base")).toBe(false);
    await twin.stop();
  });

  it("says in the log which meshes are missing, and why", async () => {
    await twin.up("--port", "0", "--description", twin.file("arm.urdf.xacro", xacro));
    await eventually("a warning", () =>
      twin.err.includes(
        'warn  robot "robot": mesh package://my_robot/meshes/arm.stl: package "my_robot" is not known: source its workspace or name it in ros.packages',
      ),
    );
    await twin.stop();
  });

  it("is wrong usage without a file, or with two names", async () => {
    const alone = await runTwin("up", "--ros", "off", "--arg", "a:=b");
    expect(alone).toMatchObject({
      code: 2,
      err: "twin: --arg is for a xacro file: name it with --description\n",
    });
    const both = await runTwin("up", "--ros", "off", "--description", "a", "--robot", "b");
    expect(both).toMatchObject({ code: 2 });
  });
});
