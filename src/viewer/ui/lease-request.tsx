import { Button } from "@mantine/core";
import { useControl, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** To the one who drives: who asks for control. */
export function LeaseRequestBanners() {
  const { requests } = useViewer().hands;
  const incoming = useSignal(requests.incoming);
  return incoming.map((request) => (
    <div key={request.session} className="banner" data-tone="doubt" role="alert">
      <p>
        <b>{request.by} asks for control</b> of {request.robot}. You drive until you hand over.
      </p>
      <Button size="xs" onClick={() => requests.handOver(request)}>
        Hand over
      </Button>
      <Button size="xs" variant="default" onClick={() => requests.dismiss(request.session)}>
        Not now
      </Button>
    </div>
  ));
}

/** To the one who does not: asking, and after that taking over, which only an admin may. */
export function AskForControl() {
  const viewer = useViewer();
  const { requests } = viewer.hands;
  const robot = useRobot();
  const asked = useSignal(requests.asked);
  const phase = useSignal(viewer.driver.link.socket.phase);
  const driving = useSignal(viewer.driver.driving).phase;
  const block = useSignal(viewer.driver.block);
  const lease = useControl(robot?.id ?? null)?.lease;
  if (robot === null || lease == null || lease.yields === true || driving === "held" || block !== null)
    return null;
  const isAsked = asked?.robot === robot.id;
  return (
    <>
      <Button
        className="ask-control"
        size="compact-sm"
        variant="light"
        disabled={phase !== "open" || isAsked}
        title={isAsked ? asked.message : `Asks ${lease.holder} to hand over`}
        aria-label="Ask for control"
        onClick={() => requests.ask(robot.id)}
      >
        {isAsked ? "Asked …" : "Ask"}
        {!isAsked && <span className="wide-only">&nbsp;for control</span>}
      </Button>
      {isAsked && (
        <Button
          className="ask-control"
          size="compact-sm"
          variant="default"
          disabled={phase !== "open"}
          title={`For admins: ends the lease of ${lease.holder} at once`}
          aria-label="Take control"
          onClick={() => viewer.driver.acquire(robot.id, true)}
        >
          Take
          <span className="wide-only">&nbsp;control</span>
        </Button>
      )}
    </>
  );
}
