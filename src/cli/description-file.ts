import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Result, refused } from "../core/result.ts";

/**
 * The text of a description named in the configuration: a file beside the configuration, or
 * `package://name/path`. `foldersOf` gives the places where a package may be.
 */
export function readDescription(
  address: string,
  configPath: string | null,
  foldersOf: (name: string) => string[],
): Result<string> {
  const inPackage = /^package:\/\/([^/]+)\/(.+)$/.exec(address);
  const base = configPath === null ? process.cwd() : dirname(resolve(configPath));
  const places =
    inPackage === null
      ? [resolve(base, address)]
      : foldersOf(inPackage[1] as string).map((folder) => join(folder, inPackage[2] as string));
  for (const place of places) {
    try {
      return { ok: true, value: readFileSync(place, "utf8") };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        return refused(error instanceof Error ? error.message : String(error), place);
      }
    }
  }
  return refused(
    places.length === 0 ? "its package is not known" : "there is no such file",
    places[0] ?? address,
  );
}
