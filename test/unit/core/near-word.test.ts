import { describe, expect, it } from "vitest";
import { didYouMean, nearWord } from "../../../src/core/near-word.ts";

const keys = ["host", "port", "token", "origins", "passwordFile", "password", "linearAcceleration"];

describe("the word that was meant", () => {
  it("is the one that differs by a letter that is missing, too many, wrong or swapped", () => {
    for (const given of ["prot", "por", "ports", "pert", "Port"]) expect(nearWord(given, keys)).toBe("port");
  });

  it("is the nearest of several", () => {
    expect(nearWord("passwordfile", keys)).toBe("passwordFile");
    expect(nearWord("pasword", keys)).toBe("password");
    expect(nearWord("linear_acceleration", keys)).toBe("linearAcceleration");
  });

  it("is none when nothing is near", () => {
    for (const given of ["frobnicate", "x", "", "mqtt"]) expect(nearWord(given, keys)).toBeNull();
  });

  it("is asked for as a question, or not at all", () => {
    expect(didYouMean("prot", keys)).toBe('; did you mean "port"?');
    expect(didYouMean("frobnicate", keys)).toBe("");
  });
});
