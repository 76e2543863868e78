import { type Result, refused } from "../../core/result.ts";

const maxDeviceChars = 64;
const maxSignalChars = 128;

/**
 * The twin's name of an edge node or of its device: the parts joined by ".", every character outside of
 * A-Z a-z 0-9 _ . - made "_", an "x" before a first that is no letter or digit. Two things may come to one
 * name; who keeps the names refuses the second.
 */
export function deviceNameOf(parts: readonly string[]): Result<string> {
  const name = parts
    .join(".")
    .replace(/[^A-Za-z0-9_.-]/gu, "_")
    .replace(/^(?=[^A-Za-z0-9])/, "x");
  return name.length <= maxDeviceChars
    ? { ok: true, value: name }
    : refused(`a name of more than ${maxDeviceChars} characters`);
}

/**
 * The signal's name of a metric: "/" stays and makes folders, other characters outside of A-Z a-z 0-9 _ . -
 * become "_", as do folders that are empty or made of dots. "status" is the device's own and becomes "status_".
 */
export function signalNameOf(metric: string): Result<string> {
  if (metric === "") return refused("a metric without a name");
  const name = metric
    .replace(/[^A-Za-z0-9_./-]/gu, "_")
    .split("/")
    .map((folder) => (/^\.*$/.test(folder) ? "_" : folder))
    .join("/");
  if (name.length > maxSignalChars) return refused(`a name of more than ${maxSignalChars} characters`);
  if (name === "__proto__") return refused("a name that JavaScript keeps for itself");
  return { ok: true, value: name === "status" ? "status_" : name };
}
