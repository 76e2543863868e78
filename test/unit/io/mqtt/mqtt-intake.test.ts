import { describe, expect, it } from "vitest";
import { Inbox } from "../../../../src/engine/ports/inbox.ts";
import type { RawMessage } from "../../../../src/engine/ports/raw-tap.ts";
import { decodeText, MqttIntake } from "../../../../src/io/mqtt/mqtt-intake.ts";
import { NativeProfile } from "../../../../src/protocol/native-profile.ts";

describe("the raw bytes in front of the inbox", () => {
  it("go to a recorder as they came, before anything is decoded", () => {
    const inbox = new Inbox();
    const raw: RawMessage[] = [];
    const intake = new MqttIntake([new NativeProfile(decodeText)], [], "robot", inbox, () => undefined);
    const payload = Buffer.from('{"boot":1,"n":1,"signals":{"force":2}}');
    intake.take("twin/v1/gripper/telemetry", payload, false, 500);
    expect(raw).toEqual([]);
    inbox.tap = (message) => raw.push(message);
    intake.take("twin/v1/gripper/telemetry", payload, true, 600);
    intake.take("somebody/else", Buffer.from([0xff, 0]), false, 700);
    expect(raw).toEqual([
      { kind: "mqtt", topic: "twin/v1/gripper/telemetry", payload, retained: true, received: 600 },
      {
        kind: "mqtt",
        topic: "somebody/else",
        payload: Buffer.from([0xff, 0]),
        retained: false,
        received: 700,
      },
    ]);
  });
});
