import { useEffect, useRef } from "react";
import { PictureDecoder } from "../topics/picture-decoder.ts";
import { useViewer } from "./viewer-context.ts";

/** The pictures of a topic, or its video, decoded by the browser; while a picture is decoded only the newest of the next waits. */
export function TopicPicture({ topic, isStanding }: { topic: string; isStanding: boolean }) {
  const { desk, videos } = useViewer().topics;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const decoder = new PictureDecoder((bitmap) => {
      paint(canvas.current, bitmap, bitmap);
      bitmap.close();
    });
    const endPictures = desk.listen((of, message) => {
      if (of === topic && message.header.format === "image") decoder.take(message);
    });
    const endVideo = videos.watch(topic, (frame) => {
      paint(canvas.current, frame, { width: frame.displayWidth, height: frame.displayHeight });
    });
    return () => {
      endPictures();
      endVideo();
    };
  }, [desk, videos, topic]);
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

type Size = { width: number; height: number };

function paint(
  canvas: HTMLCanvasElement | null,
  picture: ImageBitmap | VideoFrame,
  { width, height }: Size,
): void {
  if (canvas === null) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
}
