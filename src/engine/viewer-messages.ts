import type { Input } from "./ports/inputs.ts";
import type { StateStream } from "./stream/state-stream.ts";

export type ViewerInput = Extract<
  Input,
  { kind: "viewerOpened" | "viewerSubscribed" | "viewerPast" | "viewerClosed" }
>;

/** What became of one viewer's socket, at server ms `now`. `unread`: bytes that its network has not taken. */
export function takeViewer(
  stream: StateStream,
  input: ViewerInput,
  unread: (viewer: string) => number,
  now: number,
): void {
  const { viewer } = input;
  switch (input.kind) {
    case "viewerOpened":
      stream.open(viewer, { bufferedBytes: () => unread(viewer) }, now, input.isOwn);
      return;
    case "viewerSubscribed":
      stream.subscribe(viewer, input.subscription, now);
      return;
    case "viewerPast":
      stream.setPast(viewer, input.past, now);
      return;
    case "viewerClosed":
      stream.close(viewer);
      return;
  }
}
