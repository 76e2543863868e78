import { useEffect, useRef } from "react";
import { PictureDecoder } from "../topics/picture-decoder.ts";
import { useViewer } from "./viewer-context.ts";

/** The pictures of a topic: each is decoded by the browser and drawn; while one is decoded only the newest of the next waits. */
export function TopicPicture({ topic, isStanding }: { topic: string; isStanding: boolean }) {
  const { desk } = useViewer().topics;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const decoder = new PictureDecoder((bitmap) => {
      paint(canvas.current, bitmap);
      bitmap.close();
    });
    return desk.listen((of, message) => {
      if (of === topic && message.header.format === "image") decoder.take(message);
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
