import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { neutralConfiguration } from "../../../../src/robot/configuration.ts";
import { createData } from "../../../../src/robot/data.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { cpuMs } from "../../../support/cpu-time.ts";
import { type Random, randomFrom } from "../random-from.ts";

const folder = new URL("../../../truth/urdf/", import.meta.url);
const seeds = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8"));

const scraps = [
  "<",
  ">",
  '"',
  "/>",
  "&amp;",
  "&#0;",
  "&x;",
  "nan",
  "-",
  "1e400",
  "",
  "]]>",
  "<!--",
  "<!DOCTYPE a>",
];
const names = ["__proto__", "base", "link_3", "j_rev", "palm", "planar", "floating", "0 0 0", "continuous"];

/** One small fault, as a person, a disk or an attacker makes it. */
function mutated(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const to = Math.min(text.length, at + random.below(random.below(10) === 0 ? 400 : 12));
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, at) + random.pick(scraps) + text.slice(at);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
      return text.slice(0, at) + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1);
    case 4: {
      const values = [...text.matchAll(/"([^"]*)"/g)];
      const value = values[random.below(values.length)];
      if (value === undefined) return text.slice(0, at);
      const other = random.below(2) === 0 ? random.pick(names) : (random.pick(values)[1] ?? "");
      return `${text.slice(0, value.index)}"${other}"${text.slice(value.index + value[0].length)}`;
    }
    case 5: {
      const lines = text.split("\n");
      lines.splice(random.below(lines.length), random.below(4));
      return lines.join("\n");
    }
    default: {
      const lines = text.split("\n");
      const line = lines.splice(random.below(lines.length), 1);
      lines.splice(random.below(lines.length), 0, ...line);
      return lines.join("\n");
    }
  }
}

describe("parseUrdf on 2,000 mutations of real URDF text", () => {
  it("never throws, never hangs, and gives either errors or a robot that can be computed with", () => {
    const random = randomFrom(20261122);
    let readable = 0;
    for (let round = 0; round < 2000; round += 1) {
      let text = random.pick(seeds);
      for (let faults = 1 + random.below(3); faults > 0; faults -= 1) text = mutated(text, random);
      const began = cpuMs();
      const { description, findings } = parseUrdf(text);
      expect(cpuMs() - began).toBeLessThan(1000);
      const errors = findings.filter((finding) => finding.severity === "error");
      expect(description === null, text).toBe(errors.length > 0);
      expect(findings.every((finding) => finding.line >= 1 && finding.message.length < 600)).toBe(true);
      if (description === null) continue;
      readable += 1;
      expect(description.links.length).toBeGreaterThan(0);
      const model = createModel(description);
      const data = createData(model);
      forwardKinematics(model, data, neutralConfiguration(model));
      expect(data.rootFromLink.every(Number.isFinite), text).toBe(true);
    }
    // Both ends must be exercised, or the test says nothing.
    expect(readable).toBeGreaterThan(200);
    expect(readable).toBeLessThan(1800);
  });
});
