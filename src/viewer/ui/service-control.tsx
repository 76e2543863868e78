import { Button, Group } from "@mantine/core";
import type { Task } from "../drive/task-desk.ts";
import type { CallableService } from "../store/control-extras.ts";
import { formatClock } from "../store/format.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

type Props = { robot: string; service: CallableService; hint: string | null };

/** A service that may be called, and what it answered last. */
export function ServiceControl({ robot, service: { name, takesData }, hint }: Props) {
  const { desk } = useViewer().hands;
  useSignal(desk.tasks);
  const task = desk.of(robot, name);
  const isCalled = task !== null && task.endedMs === null;
  const call = (label: string, data?: boolean) => (
    <Button
      size="xs"
      variant={takesData ? "default" : "filled"}
      aria-label={`${label} ${name}`}
      disabled={hint !== null || isCalled}
      title={hint ?? (isCalled ? "It has not answered yet" : undefined)}
      onClick={() =>
        desk.ask(
          robot,
          name,
          { kind: "service", service: name, ...(data === undefined ? {} : { data }) },
          `${label} ${name}`,
        )
      }
    >
      {label}
    </Button>
  );
  return (
    <section className="card" aria-label={name}>
      <div className="card-head action-head">
        <b className="action-name">{name}</b>
        <Group gap={6} wrap="nowrap">
          {takesData ? (
            <>
              {call("On", true)}
              {call("Off", false)}
            </>
          ) : (
            call("Call")
          )}
        </Group>
      </div>
      <output className="action-answer" aria-label={`Answer of ${name}`} aria-live="polite">
        {task !== null && <Answer task={task} name={name} />}
      </output>
    </section>
  );
}

function Answer({ task: { activity, endedMs }, name }: { task: Task; name: string }) {
  const { stage, code, message, label } = activity;
  const asked = label.slice(0, -name.length - 1);
  if (endedMs === null) return <span>{asked}: no answer yet</span>;
  const time = <time className="figure dim">{formatClock(endedMs)}</time>;
  if (stage === "done") {
    return (
      <span>
        {time} {asked}: <b>success</b>
        {message !== "" && `, ${message}`}
      </span>
    );
  }
  const word = stage === "refused" ? "refused" : code === "service_failed" ? "no success" : "failed";
  return (
    <span className="refusal">
      {time} {asked}: <b>{word}</b>
      {message !== "" && `, ${message}`}
    </span>
  );
}
