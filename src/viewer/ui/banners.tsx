import { Button, CloseButton } from "@mantine/core";
import { useEffect } from "react";
import { formatClock } from "../store/format.ts";
import { inWords } from "../store/health.ts";
import { pastBlock } from "../time/past.ts";
import { FirstHints } from "./first-hints.tsx";
import { GamepadChip } from "./gamepad-chip.tsx";
import { readHealth } from "./health-reading.ts";
import { LeaseRequestBanners } from "./lease-request.tsx";
import { MoveLine } from "./move-line.tsx";
import { PastBanner } from "./past-banner.tsx";
import { PlanCard } from "./plan-card.tsx";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** What a person must not miss, over the 3D view: stopped, no server, stale, refused. */
export function Banners() {
  const viewer = useViewer();
  const design = useSignal(viewer.design);
  const hasStop = useSignal(viewer.hasStop);
  const plain = useSignal(viewer.plain);
  if (design !== null) {
    return (
      <div className="banners">
        {hasStop && <StopUnheard />}
        {hasStop && <Stopped />}
        <NoServer />
        <NoGraphics />
      </div>
    );
  }
  return (
    <>
      <div className="banners">
        <StopUnheard />
        <Stopped />
        <PastBanner />
        <LeaseRequestBanners />
        <NoServer />
        <NoGraphics />
        <Doubts />
        <Notice />
      </div>
      <div className="bottom-place">
        <MoveLine />
        <PlanCard />
        <GamepadChip />
        {viewer.embed === null && !plain && <FirstHints />}
      </div>
    </>
  );
}

function Stopped() {
  const viewer = useViewer();
  const status = useSignal(viewer.store.status);
  const phase = useSignal(viewer.driver.link.socket.phase);
  const robots = useSignal(viewer.fleet.robots);
  const isPast = useSignal(viewer.past.isShown);
  const isDemo = status?.sources.some(({ name, state }) => name === "simulation" && state === "ok") ?? false;
  const nameOf = (id: string) => robots.find((robot) => robot.id === id)?.name ?? id;
  const stopped = status?.control.filter((control) => control.stopped !== null) ?? [];
  return stopped.map(({ robot, stopped: latch }) => (
    <div key={robot} className="banner" data-tone="stop" role="alert">
      <p>
        <b>
          {isPast ? "Now, live: " : ""}
          {nameOf(robot)} is stopped
        </b>{" "}
        by {latch?.by}
        {latch ? ` at ${formatClock(latch.at)}` : ""}. {latch?.reason} It accepts no command until it is
        reset.
        {isDemo
          ? " The reset itself moves nothing; the demo continues after half a minute."
          : " The reset moves nothing."}
      </p>
      <Button
        size="xs"
        variant="white"
        color="dark"
        disabled={phase !== "open" || isPast}
        title={isPast ? pastBlock : undefined}
        onClick={() => viewer.driver.reset(robot)}
      >
        Reset
      </Button>
    </div>
  ));
}

function StopUnheard() {
  const { stopButton } = useViewer().driver;
  const phase = useSignal(stopButton.phase);
  if (phase !== "unheard") return null;
  return (
    <div className="banner" data-tone="stop" role="alert">
      <p>
        <b>The stop did not reach the server.</b> Use the robot's own emergency stop.
      </p>
      <CloseButton variant="transparent" aria-label="Close" onClick={() => stopButton.clear()} />
    </div>
  );
}

function NoServer() {
  const viewer = useViewer();
  const sentence = useReading(() => {
    const [worst] = readHealth(viewer);
    return worst.tone === "bad" ? inWords(worst) : null;
  });
  if (sentence === null) return null;
  return (
    <div className="banner" data-tone="bad" role="alert">
      <p>{sentence}</p>
    </div>
  );
}

/** What is in doubt, in words (the overview has the remedies); always there, so that a screen reader reports what appears in it. */
function Doubts() {
  const viewer = useViewer();
  const text = useReading(() =>
    readHealth(viewer)
      .filter(({ tone }) => tone === "doubt")
      .map(({ sentence }) => sentence)
      .join("\n"),
  );
  return (
    <output className="banner-place" aria-live="polite">
      {text !== "" &&
        text.split("\n").map((line) => (
          <span key={line.replace(/[\d.]+ (ms|s|min|h)\b/g, "")} className="banner chip figure">
            {line}
          </span>
        ))}
    </output>
  );
}

function NoGraphics() {
  const graphics = useSignal(useViewer().graphicsProblem);
  if (graphics === null) return null;
  return (
    <div className="banner" data-tone="doubt" role="status">
      <p>{graphics}</p>
    </div>
  );
}

/** What has passed need not be read forever; the audit trail keeps it. */
const noticeMs = 10_000;

function Notice() {
  const { notice } = useViewer().driver;
  const text = useSignal(notice);
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => notice.set(null), noticeMs);
    return () => clearTimeout(timer);
  }, [notice, text]);
  return (
    <output className="banner-place" aria-live="polite">
      {text !== null && (
        <div className="banner" data-tone="doubt">
          <p>{text}</p>
          <CloseButton variant="transparent" size="sm" aria-label="Close" onClick={() => notice.set(null)} />
        </div>
      )}
    </output>
  );
}
