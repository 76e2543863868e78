import { Button, CloseButton } from "@mantine/core";
import { useEffect } from "react";
import { connectionSummary, staleOf, unmeasuredSentence } from "./connection-summary.ts";
import { formatClock } from "./format.ts";
import { MoveLine } from "./move-line.tsx";
import { useReading, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** What a person must not miss, over the 3D view: stopped, no server, stale, refused. */
export function Banners() {
  const viewer = useViewer();
  const design = useSignal(viewer.design);
  const hasStop = useSignal(viewer.hasStop);
  if (design !== null) {
    return (
      <div className="banners">
        {hasStop && <StopUnheard />}
        {hasStop && <Stopped />}
        <NoServer />
        <Failures />
      </div>
    );
  }
  return (
    <>
      <div className="banners">
        <StopUnheard />
        <Stopped />
        <NoServer />
        <Failures />
        <Stale />
        <Notice />
      </div>
      <MoveLine />
    </>
  );
}

function Stopped() {
  const viewer = useViewer();
  const status = useSignal(viewer.store.status);
  const phase = useSignal(viewer.driver.socket.phase);
  const robots = useSignal(viewer.fleet.robots);
  const nameOf = (id: string) => robots.find((robot) => robot.id === id)?.name ?? id;
  const stopped = status?.control.filter((control) => control.stopped !== null) ?? [];
  return stopped.map(({ robot, stopped: latch }) => (
    <div key={robot} className="banner" data-tone="stop" role="alert">
      <p>
        <b>{nameOf(robot)} is stopped</b> by {latch?.by}
        {latch ? ` at ${formatClock(latch.at)}` : ""}. {latch?.reason} It takes no command until it is reset;
        the reset moves nothing.
      </p>
      <Button
        size="xs"
        variant="white"
        color="dark"
        disabled={phase !== "open"}
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
    const summary = connectionSummary(viewer);
    return summary.tone === "bad" ? summary.sentence : null;
  });
  if (sentence === null) return null;
  return (
    <div className="banner" data-tone="bad" role="alert">
      <p>{sentence}</p>
    </div>
  );
}

function Stale() {
  const viewer = useViewer();
  const sentence = useReading(() => {
    if (!viewer.state.heard) return null;
    return staleOf(viewer, viewer.state.serverTime() ?? 0).join(" · ") || unmeasuredSentence(viewer);
  });
  if (sentence === null) return null;
  return <output className="banner chip figure">{sentence}</output>;
}

function Failures() {
  const robot = useRobot();
  const graphics = useSignal(useViewer().graphicsProblem);
  const sentences = [];
  if (graphics !== null) sentences.push(graphics);
  if (robot?.model.phase === "failed") {
    sentences.push(
      `${robot.name} cannot be drawn: ${robot.model.problem}. Check it with “twin model check”.`,
    );
  }
  return sentences.map((sentence) => (
    <div key={sentence} className="banner" data-tone="doubt" role="status">
      <p>{sentence}</p>
    </div>
  ));
}

/** What has passed need not be read for ever; the audit trail keeps it. */
const noticeMs = 10_000;

function Notice() {
  const { notice } = useViewer().driver;
  const text = useSignal(notice);
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => notice.set(null), noticeMs);
    return () => clearTimeout(timer);
  }, [notice, text]);
  if (text === null) return null;
  return (
    <div className="banner" data-tone="doubt" role="status">
      <p>{text}</p>
      <CloseButton variant="transparent" size="sm" aria-label="Close" onClick={() => notice.set(null)} />
    </div>
  );
}
