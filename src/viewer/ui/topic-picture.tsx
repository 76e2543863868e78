import { useEffect, useRef } from "react";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import { useViewer } from "./viewer-context.ts";

/** The pictures of a topic: each is decoded by the browser and drawn; while one is decoded only the newest of the next waits. */
export function TopicPicture({ topic, isStanding }: { topic: string; isStanding: boolean }) {
  const { desk } = useViewer().topics;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let waiting: TopicMessage | null = null;
    let isBusy = false;
    const draw = async (): Promise<void> => {
      isBusy = true;
      while (waiting !== null) {
        const { header, arrays } = waiting as TopicMessage;
        waiting = null;
        const { mime } = header.meta;
        const { data } = arrays;
        if (typeof mime !== "string" || !(data instanceof Uint8Array)) continue;
        try {
          const bitmap = await createImageBitmap(new Blob([data as BlobPart], { type: mime }));
          paint(canvas.current, bitmap);
          bitmap.close();
        } catch {
          // A picture that the browser cannot read: the one before it stays.
        }
      }
      isBusy = false;
    };
    return desk.listen((of, message) => {
      if (of !== topic || message.header.format !== "image") return;
      waiting = message;
      if (!isBusy) void draw();
    });
  }, [desk, topic]);
  return (
    <canvas
      ref={canvas}
      className="topic-picture"
      role="img"
      aria-label={isStanding ? `Picture of ${topic}, which stands` : `Picture of ${topic}`}
      data-standing={isStanding}
    />
  );
}

function paint(canvas: HTMLCanvasElement | null, bitmap: ImageBitmap): void {
  if (canvas === null) return;
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
  }
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
}
