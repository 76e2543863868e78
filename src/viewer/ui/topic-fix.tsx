import { useEffect, useRef, useState } from "react";
import { type Fix, FixTrail, readFix } from "../topics/fix-trail.ts";
import { Pair } from "./pair.tsx";
import { useViewer } from "./viewer-context.ts";

const size = 240;
const edge = 16;
/** m */
const leastWidth = 2;

/** Where a satellite receiver is, and the way that it went since this panel is open. There is no map: nothing is fetched from elsewhere. */
export function TopicFix({ topic }: { topic: string }) {
  const { desk } = useViewer().topics;
  const trail = useRef(new FixTrail());
  const [fix, setFix] = useState<Fix | null>(null);
  useEffect(
    () =>
      desk.listen((of, { header }) => {
        const read = of === topic ? readFix(header.meta.message) : null;
        if (read === null) return;
        trail.current.take(read);
        setFix(read);
      }),
    [desk, topic],
  );
  if (fix === null) return null;
  const { latitude, longitude, altitude, spread, hasFix, correction } = fix;
  const off = spread?.map((metres) => metres.toFixed(2)).join(", ");
  return (
    <>
      {hasFix ? (
        <dl className="details figure topic-fix" aria-label="Place">
          <Pair name="Latitude" value={`${latitude.toFixed(7)}°`} />
          <Pair name="Longitude" value={`${longitude.toFixed(7)}°`} />
          <Pair name="Altitude" value={altitude === null ? "not known" : `${altitude.toFixed(2)} m`} />
          <Pair name="σ east, north, up" value={off === undefined ? "not known" : `${off} m`} />
          <Pair name="Correction" value={correction || "none"} />
        </dl>
      ) : (
        <p className="refusal">The receiver has no fix.</p>
      )}
      <TrailDrawing trail={trail.current} spread={hasFix ? spread : null} />
    </>
  );
}

function TrailDrawing({ trail: { places }, spread }: { trail: FixTrail; spread: Fix["spread"] }) {
  const last = places.at(-1);
  if (last === undefined) return null;
  const [easts, norths] = [places.map(({ east }) => east), places.map(({ north }) => north)];
  const [west, south] = [Math.min(...easts), Math.min(...norths)];
  const [wide, high] = [Math.max(...easts) - west, Math.max(...norths) - south];
  const width = Math.max(leastWidth, wide, high, 4 * Math.max(spread?.[0] ?? 0, spread?.[1] ?? 0));
  const scale = (size - 2 * edge) / width;
  const x = (east: number): number => size / 2 + (east - west - wide / 2) * scale;
  const y = (north: number): number => size / 2 - (north - south - high / 2) * scale;
  const bar = 10 ** Math.floor(Math.log10(width / 2));
  const points = places.map(({ east, north }) => `${x(east).toFixed(1)},${y(north).toFixed(1)}`).join(" ");
  return (
    <svg
      className="topic-trail"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="The way since this panel is open, north up"
    >
      <polyline points={points} fill="none" stroke="currentColor" strokeWidth={1.5} />
      {spread !== null && (
        <ellipse
          cx={x(last.east)}
          cy={y(last.north)}
          rx={2 * spread[0] * scale}
          ry={2 * spread[1] * scale}
          className="topic-spread"
        />
      )}
      <circle cx={x(last.east)} cy={y(last.north)} r={4} className="topic-here" />
      <line
        x1={edge}
        y1={size - 6}
        x2={edge + bar * scale}
        y2={size - 6}
        stroke="currentColor"
        strokeWidth={2}
      />
      <text x={edge + bar * scale + 4} y={size - 2} fontSize={11} fill="currentColor">
        {bar < 1000 ? `${bar} m` : `${bar / 1000} km`}
      </text>
    </svg>
  );
}
