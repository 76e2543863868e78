import { type Stats, unwatchFile, watchFile } from "node:fs";
import { readRobotText } from "../../io/files/description-file.ts";
import type { MeshReport } from "../../io/files/mesh-files.ts";
import { findPackage, rootsOf } from "../../io/files/mesh-roots.ts";
import { readTextFile, xacroFilesOf } from "../../io/files/xacro-files.ts";
import { expandXacro, isXacro } from "../../robot/reading/xacro/parse-xacro.ts";
import { checkFiles, type ModelFiles, type PlacedFinding } from "./model-check.ts";

/** How often the files are looked at. By their times: it sees every way of writing a file, on every disk. */
const lookEveryMs = 200;

/** One reading of a description's files; `urdf` is null when it has an error. `revision` counts from 1. */
export type ShownModel = {
  urdf: string | null;
  findings: PlacedFinding[];
  meshes: MeshReport[];
  revision: number;
};

/** Reads a description with all it includes, and again whenever one of these files changes. */
export class ShownFiles {
  private revision = 0;
  private reading = false;
  private again = false;
  private ended = false;
  private watched = new Set<string>();
  private readonly changed = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino)
      void this.read();
  };

  constructor(
    private readonly files: ModelFiles,
    private readonly onRead: (model: ShownModel) => void,
  ) {}

  /** The first reading, and watching from then on. A sentence when the files cannot be read at all, else null. */
  async start(): Promise<string | null> {
    // Watched before it is read, so that no change falls between.
    this.watch(new Set([this.files.file]));
    const checked = await checkFiles(this.files);
    if (!checked.ok) {
      this.stop();
      return `cannot read ${checked.path}: ${checked.reason}`;
    }
    await this.read();
    return null;
  }

  stop(): void {
    this.ended = true;
    this.watch(new Set());
  }

  private async read(): Promise<void> {
    this.again = true;
    if (this.reading) return;
    this.reading = true;
    while (this.again && !this.ended) {
      this.again = false;
      this.watch(filesReadFor(this.files));
      const model = await this.readOnce();
      if (!this.ended) this.onRead(model);
    }
    this.reading = false;
  }

  private async readOnce(): Promise<ShownModel> {
    const { file, args } = this.files;
    this.revision += 1;
    const checked = await checkFiles(this.files);
    if (!checked.ok) {
      const message = `cannot be read: ${checked.reason}`;
      const finding = { severity: "error", element: "file", line: 1, message, file: checked.path } as const;
      return { urdf: null, findings: [finding], meshes: [], revision: this.revision };
    }
    const { description, findings, meshes } = checked.value;
    const text = readTextFile(file);
    const urdf =
      description !== null && text.ok ? readRobotText(file, text.value, rootsOf(file), args).urdf : null;
    return { urdf, findings, meshes, revision: this.revision };
  }

  private watch(wanted: Set<string>): void {
    for (const path of this.watched) if (!wanted.has(path)) unwatchFile(path, this.changed);
    for (const path of wanted) {
      if (!this.watched.has(path)) watchFile(path, { interval: lookEveryMs }, this.changed);
    }
    this.watched = wanted;
  }
}

/** The files that a description is made of, includes of xacro among them, as far as they could be followed. */
export function filesReadFor({ file, srdf, args }: ModelFiles): Set<string> {
  const seen = new Set<string>();
  const roots = rootsOf(file);
  for (const path of srdf === null ? [file] : [file, srdf]) {
    seen.add(path);
    const text = readTextFile(path);
    if (!text.ok || !isXacro(text.value)) continue;
    const files = xacroFilesOf(path, (name) => findPackage(roots, name));
    const recording = {
      ...files,
      read: (included: string) => {
        seen.add(included);
        return files.read(included);
      },
      readYaml: (...[included, tagged]: Parameters<typeof files.readYaml>) => {
        seen.add(included);
        return files.readYaml(included, tagged);
      },
    };
    expandXacro(text.value, recording, args, "quiet");
  }
  return seen;
}
