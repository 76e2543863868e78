import type { Result } from "../../../core/result.ts";

/** What a xacro file may ask of the world around it. Nothing else is ever reached. */
export interface XacroFiles {
  /** The address of `path` as a file at `from` names it; `from` null is the text at hand. */
  resolve(path: string, from: string | null): string;
  /** The folder in which `from` stands. */
  folderOf(from: string | null): string;
  read(path: string): Result<string>;
  /** The files that a pattern with * ? [ ] stands for, in order. */
  list(pattern: string): string[];
  /** The share folder of a package, for $(find …); null when it is not known. */
  findPackage(name: string): string | null;
  environment(name: string): string | undefined;
  /** A YAML file's value, ints as bigint; `tagged` gives the value of `!tag text`. */
  readYaml(path: string, tagged: (tag: string, text: string) => number): Result<unknown>;
}

/** Outside of everything: for texts that came without a place, and for tests. */
export const noFiles: XacroFiles = {
  resolve: (path) => path,
  folderOf: () => "",
  read: () => ({ ok: false, reason: "no files can be read here", path: "" }),
  list: () => [],
  findPackage: () => null,
  environment: () => undefined,
  readYaml: () => ({ ok: false, reason: "no files can be read here", path: "" }),
};
