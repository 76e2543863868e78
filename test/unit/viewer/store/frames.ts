import { openStateFrame, readStateFrame, stateFrameBytes } from "../../../../src/protocol/state-frame.ts";

/** A frame as it comes off the wire: written and read by the protocol's own code. */
export function frameOf(time: number, values: number[], options: { layout?: number; ages?: number[] } = {}) {
  const buffer = new ArrayBuffer(stateFrameBytes(values.length));
  const open = openStateFrame(buffer, options.layout ?? 1, values.length, time, time);
  open.values.set(values);
  if (options.ages) open.agesMs.set(options.ages);
  const frame = readStateFrame(buffer);
  if (!frame) throw new Error("the frame that was just written cannot be read");
  return frame;
}
