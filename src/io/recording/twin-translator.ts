import { frameJson } from "../../protocol/mcap/frame-json.ts";
import { readStateFrame } from "../../protocol/state-frame.ts";
import type { LayoutColumn } from "../../protocol/state-messages.ts";
import { type FedMessage, fedMessage } from "./twin-feed.ts";

/** Makes of what the state stream sends to a viewer with binary frames what a recording has. */
export class TwinTranslator {
  private layout: { number: number; columns: readonly LayoutColumn[] } | null = null;

  /** One that knows as much, and learns on its own. */
  copy(): TwinTranslator {
    const copy = new TwinTranslator();
    copy.layout = this.layout;
    return copy;
  }

  text(bytes: Uint8Array): FedMessage | null {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
    if (text.startsWith('{"op":"layout"')) {
      const { layout: number, columns } = JSON.parse(text) as { layout: number; columns: LayoutColumn[] };
      this.layout = { number, columns };
      return null;
    }
    return fedMessage(text);
  }

  frame(bytes: Uint8Array): FedMessage | null {
    // Its numbers must begin at a multiple of 8.
    const frame = readStateFrame(new Uint8Array(bytes).buffer);
    const { layout } = this;
    if (frame === null || layout === null || layout.number !== frame.layout) return null;
    const json = frameJson(layout.columns, frame);
    return json === null ? null : { channel: "state", text: JSON.stringify(json), time: frame.time };
  }
}
