import { defineConfig } from "vitest/config";

/** One project a kind of test; all but `unit` need processes of their own and run one file at a time. */
export default defineConfig({
  test: {
    projects: [
      // Pure code shares a process: a fresh one for each file takes three times as long. Property tests
      // take a second or two; a loaded machine takes its time.
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          isolate: false,
          maxWorkers: 2,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "firmware-core",
          sequence: { groupOrder: 5 },
          include: ["test/firmware-core/**/*.test.ts"],
        },
      },
      // Each target is a process or two of its own at a broker of its own: two at a time leave both cores busy.
      {
        test: {
          name: "firmware",
          sequence: { groupOrder: 6 },
          include: ["test/firmware/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // Real time, as below.
          retry: 1,
        },
      },
      ...["integration", "ros", "browser", "faults"].map((name, i) => ({
        test: {
          name,
          // One kind after the other: two robots and a browser at once would judge the machine.
          sequence: { groupOrder: i + 1 },
          include: [`test/${name}/**/*.test.ts`],
          // Pages that are drawn in software, each panel in turn.
          testTimeout: name === "browser" ? 150_000 : 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // A machine that is held up for a second makes one of a thousand real-time tests fail. Who fails twice in a row
          // fails; the report names who needed the second try.
          retry: 1,
        },
      })),
    ],
  },
});
