import { type FileHandle, open } from "node:fs/promises";
import type { BulkSource } from "./bulk-queue.ts";

/** Looks up a mesh that a robot's description names; `reason`: why there is none to give. */
export type FindMesh = (uri: string) => Promise<{ path: string | null; bytes: number; reason: string }>;

/** A file to be sent in parts. It is opened only when its turn comes, so that many that wait hold nothing open. */
export function fileSource(path: string, size: number): BulkSource {
  let file: Promise<FileHandle> | null = null;
  return {
    size,
    read: async (offset, length) => {
      file ??= open(path, "r");
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await (await file).read(buffer, 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => {
      void file?.then((handle) => handle.close()).catch(() => undefined);
    },
  };
}
