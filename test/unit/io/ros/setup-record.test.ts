import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSetupRecord, type SetupRecord, writeSetupRecord } from "../../../../src/io/ros/setup-record.ts";

let folder: { record: string };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "setup-record-"));
  folder = { record: join(root, "setup.json") };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const none = { ready: false, steps: {} };

describe("the record of a set-up", () => {
  it.each([
    { ready: true, steps: { "ROS 2 wheels": "abc", rclnodejs: "2.2.0 abc" } },
    { ready: false, steps: {}, failed: { step: "rclnodejs", reason: "g++ is missing" } },
  ] satisfies SetupRecord[])("is read as it was written: %j", (record) => {
    writeSetupRecord(folder, record);
    expect(readSetupRecord(folder)).toEqual(record);
  });

  it("is empty where nothing was begun, or the file is damaged", () => {
    expect(readSetupRecord(folder)).toEqual(none);
    for (const damaged of ["", "{", '{"ready": true', "null"]) {
      writeFileSync(folder.record, damaged);
      expect(readSetupRecord(folder)).toEqual(none);
    }
  });

  it("is ready only where it says so itself", () => {
    for (const text of ["{}", '{"ready": "yes"}', '{"ready": 1, "steps": null}', "[]"]) {
      writeFileSync(folder.record, text);
      expect(readSetupRecord(folder)).toEqual(none);
    }
  });

  it("of an earlier failure says nothing once the next try is written", () => {
    writeSetupRecord(folder, { ...none, failed: { step: "a", reason: "b" } });
    writeSetupRecord(folder, { ready: true, steps: { a: "1" } });
    expect(readSetupRecord(folder)).toEqual({ ready: true, steps: { a: "1" } });
  });
});
