// Writes numbered samples into a history until it is killed: `node history-writer.mjs DIST FOLDER FIRST RUN`. Sample i
// belongs to series i % 20 and has the value i. A line on stdout says how many are confirmed.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, folder, first, run] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(dist, file)).href);
const { HistoryThread } = await load("io/history/history-thread.js");
const { RecordWriter } = await load("history/sample-record.js");

export const series = 20;
const perBatch = 400;
let next = Number(first);
const confirmed = [];
const thread = new HistoryThread({
  directory: folder,
  run,
  rawMs: 1e12,
  maxBytes: 1e12,
  minFreeBytes: 0,
  recycle: (_, isStored) => {
    const end = confirmed.shift();
    if (isStored) writeSync(1, `${end}\n`);
    // The next ones must not be taken for those that were lost.
    else process.exit(3);
  },
  onEvent: (severity, kind, message) => {
    if (severity === "error") writeSync(2, `${kind}: ${message}\n`);
  },
});
const writer = new RecordWriter(new ArrayBuffer(8));
const head = {
  property: 0,
  quality: "good",
  kind: "taken",
  source: 0,
  reason: 0,
  received: 0,
  hasStamp: false,
  stampSec: 0,
  stampNanosec: 0,
  variance: Number.NaN,
};
let records = Array.from({ length: series }, (_, i) => ({
  kind: "series",
  id: i + 1,
  thing: "robot",
  path: `joint/j${i}/position`,
  facet: "reported",
  valueKind: "number",
  unit: "rad",
}));

setInterval(() => {
  // Nothing is to be lost for want of room: that is another test.
  if (confirmed.length > 100) return;
  const buffer = new ArrayBuffer(128 * 1024);
  writer.reset(buffer);
  for (let i = 0; i < perBatch; i++) {
    head.property = (next % series) + 1;
    head.received = 1_795_795_309_910 + next;
    writer.number(head, next++);
  }
  // An event with each. Of a batch that was being written it may be there without the samples: no two runs have the same.
  const time = head.received;
  records.push({
    kind: "event",
    event: { time, severity: "info", kind: "test.batch", message: `${run} ${next}` },
  });
  confirmed.push(next);
  thread.post({ records, texts: [], buffer, bytes: writer.used * 8, samples: writer.count }, time);
  records = [];
}, 2);
