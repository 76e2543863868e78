import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelBase } from "../../src/robot/model.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { type AskedCase, type AskedState, type Bits, modelAnswers, numbersOf } from "./model-answers.ts";

declare global {
  interface Window {
    modelAnswers?: { modelAnswers: typeof modelAnswers };
  }
}

type Truth = { cases: { file: string; base: ModelBase; states: { at: AskedState }[] }[] };

const truthFolder = new URL("../truth/", import.meta.url);
const truth: Truth = JSON.parse(readFileSync(new URL("dynamics.json", truthFolder), "utf8"));

/** The algorithms as one script, minified as the page's own. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: {
        entry: new URL("model-answers.ts", import.meta.url).pathname,
        formats: ["iife"],
        name: "modelAnswers",
      },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !("output" in output)) throw new Error("vite gave no bundle");
  return output.output[0].code;
}

/** As max |a − b| / (1 + |b|). */
function worstOf(ours: Float64Array, right: Float64Array): number {
  expect(ours.length).toBe(right.length);
  return ours.reduce((worst, value, i) => {
    const b = right[i] as number;
    return Math.max(worst, Math.abs(value - b) / (1 + Math.abs(b)));
  }, 0);
}

describe.skipIf(!hasChromium())("the robot model in Chromium", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
    await page.addScriptTag({ content: await bundle() });
  });

  afterAll(async () => {
    await browser?.close();
  });

  it("has cases of five robots on both bases", () => {
    expect(truth.cases.length).toBeGreaterThanOrEqual(10);
  });

  const bothWays = async (one: Truth["cases"][number]): Promise<{ here: Bits[]; there: Bits[] }> => {
    const asked: AskedCase = {
      urdf: readFileSync(new URL(one.file, truthFolder), "utf8"),
      base: one.base,
      states: one.states.map(({ at }) => at),
    };
    const here = modelAnswers(asked);
    const there = await page.evaluate((given) => window.modelAnswers?.modelAnswers(given), asked);
    if (there === undefined) throw new Error("the page has no bundle");
    expect(there.length).toBe(one.states.length);
    for (const bits of here) {
      expect(Object.keys(bits)).toHaveLength(16);
      expect(numbersOf(bits.fk ?? "").length).toBeGreaterThan(24);
    }
    return { here, there };
  };

  it.each(truth.cases)("computes $file with a $base base to the last bit as Node does", async (one) => {
    const { here, there } = await bothWays(one);
    for (const [i, bits] of here.entries()) {
      for (const [name, wanted] of Object.entries(bits)) {
        const given = there[i]?.[name] ?? "";
        // The one that needs an arc tangent, which is the engine's own.
        if (name === "difference")
          expect(worstOf(numbersOf(given), numbersOf(wanted))).toBeLessThanOrEqual(1e-14);
        else expect(given, name).toBe(wanted);
      }
    }
  });
});
