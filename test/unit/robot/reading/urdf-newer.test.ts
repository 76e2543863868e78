import { describe, expect, it } from "vitest";
import { createModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

const heavy =
  '<inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>';

/** Two links, joint "j", and whatever else; the joint's attributes and inside as given. */
function robot(joint: string, rest = "", version = "1.2"): string {
  return `<robot name="r" version="${version}">
<link name="a"/><link name="b">${heavy}</link>
<joint name="j" type="revolute"><parent link="a"/><child link="b"/>
${joint}
</joint>
${rest}</robot>`;
}

const limit = '<limit lower="-1" upper="1" velocity="2" effort="3"/>';

function told(text: string): string[] {
  return parseUrdf(text).findings.map((f) => `${f.line} ${f.severity} ${f.element}: ${f.message}`);
}

function jointOf(text: string) {
  const { description, findings } = parseUrdf(text);
  expect(findings).toEqual([]);
  return description?.joints[0];
}

describe("a limit of URDF 1.2", () => {
  it("carries acceleration and jerk into the model, the smaller of speeding up and slowing down", () => {
    const text = robot(
      '<limit lower="-1" upper="1" velocity="2" effort="3" acceleration="8" deceleration="5" jerk="90"/>',
    );
    expect(jointOf(text)?.limit).toMatchObject({ acceleration: 5, jerk: 90 });
    const { description } = parseUrdf(text);
    if (description === null) throw new Error("unreadable");
    expect(createModel(description).joints[0]).toMatchObject({ acceleration: 5, jerk: 90 });
  });

  it("is without bound in the model where the file says nothing", () => {
    const { description } = parseUrdf(robot(limit));
    if (description === null) throw new Error("unreadable");
    const [joint] = createModel(description).joints;
    expect([joint?.acceleration, joint?.jerk]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it("is an error when it bounds nothing, and read with a warning in an older version", () => {
    const text = robot('<limit lower="-1" upper="1" velocity="2" effort="3" jerk="0"/>');
    expect(told(text)).toEqual([
      '4 error joint "j" > limit: jerk="0" should be above 0: it bounds a magnitude',
    ]);
    const old = robot('<limit lower="-1" upper="1" velocity="2" effort="3" jerk="7"/>', "", "1.0");
    expect(parseUrdf(old).description?.joints[0]?.limit?.jerk).toBe(7);
    expect(told(old)).toEqual([
      '4 warning limit: jerk is read here, but other programs ignore it: it needs <robot version="1.2">',
    ]);
  });
});

describe("the version of a URDF", () => {
  it("is 1.0 to 1.2; another is told and read as 1.0", () => {
    for (const version of ["1", "1.0", "1.1", "1.2"]) expect(told(robot(limit, "", version))).toEqual([]);
    for (const version of ["2.0", "1.3", "x", ""]) {
      expect(told(robot(limit, "", version))[0], version).toMatch(
        /^1 warning robot: version=.* is read as 1.0/,
      );
    }
  });
});

describe("a rotation by quat_xyzw", () => {
  const s = Math.SQRT1_2;
  const rpyOf = (quaternion: string): readonly number[] =>
    jointOf(robot(`<origin quat_xyzw="${quaternion}"/>${limit}`))?.origin.rpy ?? [];

  it("is the same rotation as roll, pitch and yaw", () => {
    expect(rpyOf("0 0 0 1")).toEqual([0, 0, 0]);
    expect(rpyOf(`${s} 0 0 ${s}`)[0]).toBeCloseTo(Math.PI / 2, 12);
    expect(rpyOf(`0 0 ${s} ${s}`)[2]).toBeCloseTo(Math.PI / 2, 12);
    // Roll 0.3, pitch −0.7, yaw 1.1 by the half-angle formulas.
    const [cr, sr, cp, sp, cy, sy] = [0.15, -0.35, 0.55].flatMap((half) => [Math.cos(half), Math.sin(half)]);
    if (cr === undefined || sr === undefined || cp === undefined || sp === undefined) throw new Error();
    if (cy === undefined || sy === undefined) throw new Error();
    const q = [
      sr * cp * cy - cr * sp * sy,
      cr * sp * cy + sr * cp * sy,
      cr * cp * sy - sr * sp * cy,
      cr * cp * cy + sr * sp * sy,
    ];
    const [roll, pitch, yaw] = rpyOf(q.join(" "));
    expect([roll, pitch, yaw].map((one) => Number(one?.toFixed(12)))).toEqual([0.3, -0.7, 1.1]);
  });

  it("keeps its digits where pitch is a quarter turn", () => {
    for (const sign of [1, -1]) {
      // Pitch of ±90° after a roll of 0.4: only their sum (or difference) with yaw can be told.
      const [c, d] = [Math.cos(0.2), Math.sin(0.2)];
      const [roll = 0, pitch = 0, yaw = 0] = rpyOf(`${s * d} ${sign * s * c} ${-sign * s * d} ${s * c}`);
      expect(Math.abs(pitch - (sign * Math.PI) / 2)).toBeLessThan(1e-12);
      expect(roll - sign * yaw).toBeCloseTo(0.4, 12);
    }
  });

  it("is an error beside rpy or without direction, and ignored with a warning in version 1.0", () => {
    expect(told(robot(`<origin rpy="0 0 0" quat_xyzw="0 0 0 1"/>${limit}`))[0]).toMatch(/keep one$/);
    expect(told(robot(`<origin quat_xyzw="0 0 0 0"/>${limit}`))[0]).toMatch(/error .* no direction/);
    expect(told(robot(`<origin quat_xyzw="0 0 0 2"/>${limit}`))[0]).toMatch(/warning .* length 2 /);
    const old = robot(`<origin quat_xyzw="1 0 0 0"/>${limit}`, "", "1.0");
    expect(parseUrdf(old).description?.joints[0]?.origin.rpy).toEqual([0, 0, 0]);
    expect(told(old)[0]).toMatch(/warning origin: quat_xyzw is ignored: it needs <robot version="1.1">/);
  });
});

describe("armature", () => {
  it("comes from the joint's dynamics, from rotor inertia and gear ratio, or from both", () => {
    const dynamics = '<dynamics damping="0.5" armature="0.25"/>';
    expect(jointOf(robot(limit + dynamics))?.dynamics).toEqual({ damping: 0.5, friction: 0, armature: 0.25 });
    const rotor = `<transmission name="t"><type>x</type><joint name="j"/><actuator name="m">
<drake:rotor_inertia value="0.0001"/><drake:gear_ratio value="-100"/></actuator></transmission>`;
    expect(jointOf(robot(limit, rotor))?.dynamics?.armature).toBeCloseTo(1, 12);
    expect(jointOf(robot(limit + dynamics, rotor))?.dynamics?.armature).toBeCloseTo(1.25, 12);
  });

  it("is an error below 0, and a rotor that no joint feels is told", () => {
    expect(told(robot(`${limit}<dynamics damping="0" armature="-1"/>`))[0]).toMatch(
      /error .* should not be negative/,
    );
    const rotor = (joints: string, value: string): string =>
      `<transmission name="t"><type>x</type>${joints}<actuator name="m">
<drake:rotor_inertia value="${value}"/></actuator></transmission>`;
    expect(told(robot(limit, rotor('<joint name="j"/><joint name="j"/>', "1")))[0]).toMatch(
      /^7 warning .* which joint feels it/,
    );
    expect(told(robot(limit, rotor('<joint name="j"/>', "-1")))[0]).toMatch(/^7 warning .* not negative$/);
  });
});

describe("a transmission", () => {
  it("is read in ROS 1's form, the PR2's and that of ros2_control", () => {
    const { description, findings } = parseUrdf(
      robot(
        limit,
        `<transmission name="one"><type>transmission_interface/SimpleTransmission</type>
<joint name="j"><role>main</role><hardwareInterface>A</hardwareInterface><hardwareInterface>B</hardwareInterface></joint>
<actuator name="m"><mechanicalReduction> 50 </mechanicalReduction></actuator></transmission>
<transmission name="two" type="pr2/Simple"><joint name="j"/><actuator name="n"/><mechanicalReduction>-63.5</mechanicalReduction></transmission>
<ros2_control name="c" type="system"><transmission name="three"><plugin>p/Simple</plugin>
<joint name="j" role="r"><mechanical_reduction>2</mechanical_reduction><offset>0.5</offset></joint><actuator name="o"/></transmission></ros2_control>`,
      ),
    );
    expect(findings).toEqual([]);
    const end = { role: "", mechanicalReduction: null, offset: null, hardwareInterfaces: [] };
    expect(description?.transmissions).toEqual([
      {
        name: "one",
        type: "transmission_interface/SimpleTransmission",
        joints: [{ ...end, name: "j", role: "main", hardwareInterfaces: ["A", "B"] }],
        actuators: [{ ...end, name: "m", mechanicalReduction: 50 }],
      },
      {
        name: "two",
        type: "pr2/Simple",
        joints: [{ ...end, name: "j" }],
        actuators: [{ ...end, name: "n", mechanicalReduction: -63.5 }],
      },
      {
        name: "three",
        type: "p/Simple",
        joints: [{ ...end, name: "j", role: "r", mechanicalReduction: 2, offset: 0.5 }],
        actuators: [{ ...end, name: "o" }],
      },
    ]);
  });

  it("is told, and kept, when it lacks a name or type, names no joint, or repeats a name", () => {
    const text = robot(
      limit,
      `<transmission name="t"><joint name="nobody"/><actuator name="m"><mechanicalReduction>fifty</mechanicalReduction></actuator></transmission>
<transmission name="t"><type>x</type><joint/><actuator name="m"><mechanicalReduction>0</mechanicalReduction></actuator></transmission>`,
    );
    expect(parseUrdf(text).description?.transmissions).toHaveLength(2);
    expect(told(text)).toEqual([
      '6 warning transmission "t": type is missing; give <type>transmission_interface/SimpleTransmission</type>',
      '6 warning transmission "t" > actuator > mechanicalReduction: "fifty" is ignored; it should be one finite number',
      '6 warning transmission "t": there is no joint "nobody"; mend the name or define it',
      '7 warning transmission "t": a transmission of this name is defined above; rename one',
      '7 warning transmission "t" > joint: name is missing; give <joint name="…">',
      '7 warning transmission "t" > actuator: a mechanical reduction of 0 moves nothing; 1 is without gear',
      '7 warning transmission "t": there is no joint ""; mend the name or define it',
    ]);
  });
});

describe("a safety controller", () => {
  it("is told when its soft limits are upside down", () => {
    const text = robot(
      `${limit}<safety_controller k_velocity="1" soft_lower_limit="1" soft_upper_limit="-1"/>`,
    );
    expect(told(text)[0]).toMatch(
      /^4 warning joint "j" > safety_controller: soft_lower_limit \(1\) is above/,
    );
  });
});

describe("numbers beyond any robot's", () => {
  it("are errors, since their sums and products would overflow in silence", () => {
    expect(told(robot(`<origin xyz="0 1e308 0"/>${limit}`))[0]).toMatch(/error .* xyz holds 1e\+308/);
    expect(told(robot(`${limit}<dynamics damping="1e300"/>`))[0]).toMatch(/error .* dynamics holds 1e\+300/);
    const heavyLink = robot(limit).replace('mass value="1"', 'mass value="1e12"');
    expect(told(heavyLink)[0]).toMatch(/error .* value holds 1000000000000/);
    expect(told(robot(limit).replace('ixx="1"', 'ixx="-1e200"'))[0]).toMatch(
      /error .* inertia holds -1e\+200/,
    );
    const follower = `<link name="c"/><joint name="k" type="revolute"><parent link="b"/><child link="c"/>${limit}
<mimic joint="j" multiplier="1e9" offset="2e9"/></joint>`;
    expect(told(robot(limit, follower)).find((one) => one.includes("error"))).toMatch(
      /k" > mimic: .* holds 2000000000/,
    );
  });
});

describe("a joint that mimics another one", () => {
  const follower = (own: string, multiplier: number) =>
    robot(
      '<limit lower="0" upper="0.04" velocity="1" effort="1"/>',
      `<link name="c"/><joint name="k" type="revolute"><parent link="b"/><child link="c"/>${own}
<mimic joint="j" multiplier="${multiplier}"/></joint>`,
    );
  const own = '<limit lower="0" upper="0.04" velocity="1" effort="1"/>';

  it("is told where it would leave its own limits", () => {
    expect(told(follower(own, 2.5)).filter((one) => one.includes("mimic"))).toEqual([
      expect.stringMatching(/warning .*"j" takes it from 0 to 0.1, beyond its own limits of 0 to 0.04/),
    ]);
    expect(told(follower(own, -1)).some((one) => one.includes("takes it from -0.04 to 0"))).toBe(true);
    expect(told(follower(own, 1)).filter((one) => one.includes("mimic"))).toEqual([]);
  });
});

describe("dynamics without damping and friction", () => {
  it("are told: urdfdom refuses the file", () => {
    expect(told(robot(`${limit}<dynamics/>`))).toEqual([
      '4 warning joint "j" > dynamics: neither damping nor friction is given, at which other programs stop; give one or leave it out',
    ]);
  });
});
