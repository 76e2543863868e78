import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { picturesAreOpen } from "../store/palette.ts";
import { kindOf } from "../topics/topic-kinds.ts";
import { FieldTree } from "./field-tree.tsx";
import { TopicFix } from "./topic-fix.tsx";
import { TopicLookFields } from "./topic-look.tsx";
import { TopicPicture } from "./topic-picture.tsx";
import { useTopicReading } from "./topic-reading.ts";
import { useReading, useSignal, useViewer } from "./viewer-context.ts";

/** One topic that is shown: its rate and age in words, why it is not seen, and what came last. */
export function TopicCard({ topic }: { topic: string }) {
  const { desk } = useViewer().topics;
  const { line, problem, isStanding } = useTopicReading(topic);
  const isOnWall = useSignal(picturesAreOpen);
  const state = desk.states.get(topic);
  const kind = kindOf(state?.type ?? "");
  return (
    <section className="topic-card" aria-label={topic} data-standing={isStanding}>
      <div className="topic-head">
        <h3 className="topic-title">{topic}</h3>
        <HideButton topic={topic} />
      </div>
      <Text size="xs" className={isStanding ? "topic-standing" : "dim"}>
        {line}
      </Text>
      {problem !== null && (
        <Text size="xs" className="refusal">
          {problem}
        </Text>
      )}
      {kind === "picture" && !isOnWall && <TopicPicture topic={topic} isStanding={isStanding} />}
      {kind === "picture" && (
        <Button
          size="compact-xs"
          variant="subtle"
          mt={4}
          aria-label={isOnWall ? `Back to small pictures, ${topic}` : `Enlarge ${topic}`}
          onClick={() => picturesAreOpen.set(!isOnWall)}
        >
          {isOnWall ? "Back to small pictures" : "Enlarge"}
        </Button>
      )}
      {kind === "fix" && <TopicFix topic={topic} />}
      {kind === "fields" && <FieldTree topic={topic} />}
      {kind === "layer" && <TopicLookFields topic={topic} type={state?.type ?? ""} />}
      {(kind === "layer" || kind === "fix") && <Fields topic={topic} />}
    </section>
  );
}

/** Of what is drawn in 3D the fields are seen where they are asked for, if they came at all. */
function Fields({ topic }: { topic: string }) {
  const { desk } = useViewer().topics;
  const [isOpen, setOpen] = useState(false);
  const hasFields = useReading(() => desk.states.get(topic)?.message?.header.format === "message");
  if (!hasFields) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Fields</summary>
      {isOpen && <FieldTree topic={topic} />}
    </details>
  );
}

function HideButton({ topic }: { topic: string }) {
  const { desk } = useViewer().topics;
  return (
    <Button size="compact-xs" variant="default" aria-label={`Hide ${topic}`} onClick={() => desk.hide(topic)}>
      Hide
    </Button>
  );
}
