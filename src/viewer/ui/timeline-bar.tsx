import "./timeline.css";
import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import {
  IconArrowsDiff,
  IconChevronLeft,
  IconChevronRight,
  IconLink,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconRepeat,
} from "@tabler/icons-react";
import { useState } from "react";
import { formatAgo, formatClockFine } from "../store/format.ts";
import { linkTo } from "../time/moment-link.ts";
import { type Loop, speeds } from "../time/playback.ts";
import { spans } from "../time/time-range.ts";
import { stepMs, useTimeKeys } from "./time-keys.ts";
import { TimelineTrack } from "./timeline-track.tsx";
import { usePicked, useReading, useSignal, useViewer } from "./viewer-context.ts";

/** Time as a line, always there: the present at its right end, and what is stored to the left of it. */
export function TimelineBar() {
  const viewer = useViewer();
  const isPast = useSignal(viewer.past.isShown);
  useTimeKeys();
  return (
    <section className="timeline" aria-label="Time" data-past={isPast}>
      <Controls isPast={isPast} />
      {isPast ? <Moment /> : <Invitation />}
      <TimelineTrack />
      <SpanSelect />
      {isPast ? (
        <Tooltip label="Back to what happens now (L or Esc)">
          <Button
            className="back-to-live"
            size="compact-sm"
            aria-keyshortcuts="L"
            onClick={() => viewer.past.playback.live()}
          >
            Back to live
          </Button>
        </Tooltip>
      ) : (
        <LiveMark />
      )}
    </section>
  );
}

function Controls({ isPast }: { isPast: boolean }) {
  const viewer = useViewer();
  const { playback, timeline } = viewer.past;
  const stored = useSignal(timeline.stored);
  const speed = useSignal(playback.speed);
  const loop = useSignal(playback.loop);
  const isPlaying = usePicked(viewer.state.travel.position, (position) => position?.playing === true);
  const comparing = useSignal(viewer.past.comparison.present) !== null;
  const off = stored?.from == null;
  const icon = { size: 18, stroke: 1.7, "aria-hidden": true } as const;
  const running = isPast ? isPlaying : true;
  return (
    <div className="timeline-controls" role="toolbar" aria-label="Playback">
      <Act label="Previous event" keys="[" off={off} act={() => void playback.jump(-1)}>
        <IconPlayerSkipBack {...icon} />
      </Act>
      {isPast && (
        <Act label="Step back 0.1 s" keys="," off={off} act={() => playback.step(-stepMs)}>
          <IconChevronLeft {...icon} />
        </Act>
      )}
      <Act
        label={running ? "Pause" : "Play"}
        hint={isPast ? undefined : "Pause: hold this moment and look back"}
        keys="K"
        off={off}
        act={() => playback.toggle()}
      >
        {running ? <IconPlayerPause {...icon} /> : <IconPlayerPlay {...icon} />}
      </Act>
      {isPast && (
        <>
          <Act label="Step forward 0.1 s" keys="." off={off} act={() => playback.step(stepMs)}>
            <IconChevronRight {...icon} />
          </Act>
          <Act label="Next event" keys="]" off={off} act={() => void playback.jump(1)}>
            <IconPlayerSkipForward {...icon} />
          </Act>
          <NativeSelect
            className="speed-select"
            size="xs"
            aria-label="Speed of the playback"
            value={String(speed)}
            data={speeds.map((one) => ({ value: String(one), label: `${one}×` }))}
            onChange={(event) => playback.setSpeed(Number(event.currentTarget.value))}
          />
          <Act
            label={loopLabel(loop)}
            keys="R"
            pressed={loop !== null}
            off={off}
            act={() => playback.markLoop()}
          >
            <IconRepeat {...icon} />
            {loop !== null && <small>{loop.to === null ? "A –" : "A–B"}</small>}
          </Act>
          <Act
            label="Compare with now"
            hint="Solid: the robot now. Violet: as it was."
            pressed={comparing}
            off={off}
            act={() => (comparing ? viewer.past.comparison.end() : viewer.past.comparison.begin())}
          >
            <IconArrowsDiff {...icon} />
          </Act>
          <CopyLink />
        </>
      )}
    </div>
  );
}

function loopLabel(loop: Loop | null): string {
  if (loop === null) return "Loop: begin here";
  return loop.to === null ? "Loop: end here" : "End the loop";
}

type ActProps = {
  label: string;
  hint?: string | undefined;
  keys?: string;
  off: boolean;
  pressed?: boolean;
  act: () => void;
  children: React.ReactNode;
};

function Act({ label, hint, keys, off, pressed, act, children }: ActProps) {
  return (
    <Tooltip label={`${hint ?? label}${keys === undefined ? "" : ` (${keys})`}`} multiline maw={260}>
      <ActionIcon
        variant={pressed === true ? "light" : "subtle"}
        color={pressed === true ? "violet" : "gray"}
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={keys}
        disabled={off}
        onClick={act}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** The link holds the moment, and not the token: who opens it signs in as usual. */
function CopyLink() {
  const viewer = useViewer();
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  const copy = async () => {
    const link = linkTo(location.href, viewer.state.travel.momentMs);
    history.replaceState(history.state, "", link);
    // Only where the page came over TLS or from this machine may a page write to the clipboard.
    const isWritten = await (navigator.clipboard?.writeText(link) ?? Promise.reject())
      .then(() => true)
      .catch(() => false);
    setState(isWritten ? "copied" : "failed");
    setTimeout(() => setState("idle"), 4000);
  };
  const said = {
    idle: "Copy a link to this moment",
    copied: "Link copied",
    failed: "The address above has the moment: copy it",
  }[state];
  return (
    <>
      <Act label="Copy link" hint={said} off={false} act={() => void copy()}>
        <IconLink size={18} stroke={1.7} aria-hidden />
      </Act>
      <output className={state === "idle" ? "unseen" : "timeline-said"}>
        {state === "idle" ? "" : said}
      </output>
    </>
  );
}

/** The moment that is shown, and how long ago it was. */
function Moment() {
  const viewer = useViewer();
  const clock = useReading(() => formatClockFine(viewer.state.moment() ?? 0));
  const ago = useReading(() => agoText(viewer.state.serverTime(), viewer.state.travel.momentMs));
  return (
    <span className="timeline-moment figure">
      <b>{clock}</b>
      <span>{ago}</span>
    </span>
  );
}

export function agoText(nowMs: number | null, momentMs: number | null): string {
  return nowMs === null || momentMs === null ? "" : formatAgo(nowMs - momentMs);
}

/** What the line is for, or why it does nothing. */
function Invitation() {
  const stored = useSignal(useViewer().past.timeline.stored);
  if (stored === null) return <span className="timeline-invitation" />;
  const text =
    stored.from !== null
      ? "Drag to look back"
      : stored.state === "recording" || stored.state === "opening"
        ? "Nothing is stored yet"
        : "No history";
  return (
    <span className="timeline-invitation" title={stored.reason === "" ? undefined : stored.reason}>
      {text}
    </span>
  );
}

function LiveMark() {
  const viewer = useViewer();
  const heard = useReading(() => viewer.state.heard);
  return (
    <span className="live-mark" data-heard={heard}>
      <i className="dot" aria-hidden />
      {heard ? "Live" : "No server"}
    </span>
  );
}

function SpanSelect() {
  const { timeline } = useViewer().past;
  const range = useSignal(timeline.range);
  const known = spans.find(({ spanMs }) => spanMs === range.spanMs);
  const value = known === undefined ? "own" : String(known.spanMs);
  return (
    <NativeSelect
      className="span-select"
      size="xs"
      aria-label="Time that the timeline shows"
      value={value}
      data={[
        ...spans.map(({ label, spanMs }) => ({ value: String(spanMs), label })),
        { value: "all", label: "All" },
        ...(known === undefined ? [{ value: "own", label: ownSpan(range.spanMs) }] : []),
      ]}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        if (chosen === "own") return;
        const spanMs = chosen === "all" ? timeline.spanOfAll() : Number(chosen);
        timeline.range.update(() => ({ spanMs, endMs: null }));
        const moment = timeline.shownMs();
        if (moment !== null) timeline.reveal(moment);
      }}
    />
  );
}

function ownSpan(spanMs: number): string {
  if (spanMs < 60_000) return `${(spanMs / 1000).toFixed(0)} s`;
  if (spanMs < 3_600_000) return `${(spanMs / 60_000).toFixed(1)} min`;
  if (spanMs < 2 * 86_400_000) return `${(spanMs / 3_600_000).toFixed(1)} h`;
  return `${(spanMs / 86_400_000).toFixed(1)} days`;
}
