import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type {
  ControllerReport,
  ControllersAnswer,
  RobotControllers,
} from "../../../protocol/topics/controllers-answer.ts";
import { formatAgo, formatClock } from "../../store/format.ts";
import {
  controllerTone,
  foundControllers,
  goalWords,
  interfaceWords,
} from "../../topics/controller-words.ts";
import { selectThing } from "../graph/select-thing.ts";
import { Pair } from "../pair.tsx";
import { useReading, useSignal, useViewer } from "../viewer-context.ts";
import { useRos } from "./use-ros.ts";

const askEveryMs = 1000;
/** From so many controllers on they can be searched. */
const searchedFrom = 8;

/** The controllers of ros2_control: their state, their joints, what the twin sends through, and what is wrong. */
export function ControllersView() {
  const { value, problem } = useRos<ControllersAnswer>("api/ros/controllers", askEveryMs);
  const [search, setSearch] = useState("");
  const count = value?.robots.reduce((sum, { controllers }) => sum + controllers.length, 0) ?? 0;
  const robots = foundControllers(value?.robots ?? [], search);
  return (
    <>
      {problem !== null && (
        <Text size="xs" c="dimmed" mb={8}>
          {problem}
        </Text>
      )}
      {value === null && problem !== null && <WithoutRos />}
      {count >= searchedFrom && (
        <TextInput
          size="xs"
          mb={8}
          aria-label="Find a controller"
          placeholder={`Find among ${count} controllers, by name, joint or state`}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {robots.map((robot) => (
        <Robot key={robot.robot} robot={robot} isOnly={value?.robots.length === 1} />
      ))}
    </>
  );
}

function Robot({ robot, isOnly }: { robot: RobotControllers; isOnly: boolean }) {
  const { managers, controllers, problems } = robot;
  return (
    <section aria-label={`Controllers of ${robot.robot}`}>
      {!isOnly && <h3 className="thing-title">{robot.robot}</h3>}
      {managers.length > 0 && (
        <Text size="xs" c="dimmed" mb={6} role="status">
          {controllers.length} controllers, {controllers.filter(({ state }) => state === "active").length}{" "}
          active, by {managers.map(({ name }) => name).join(", ")}
        </Text>
      )}
      {problems.map((text) => (
        <Text key={text} size="xs" mb={6} className="controller-problem">
          {text}
        </Text>
      ))}
      <ul className="cards">
        {controllers.map((one) => (
          <Controller key={`${one.manager} ${one.name}`} robot={robot.robot} controller={one} />
        ))}
      </ul>
    </section>
  );
}

function Controller({ robot, controller }: { robot: string; controller: ControllerReport }) {
  const { state: link } = useViewer();
  const now = useReading(() => Math.floor((link.serverTime() ?? 0) / 1000)) * 1000;
  const { name, type, state, sinceMs, sawChange, ways, lastGoal, joints, problems } = controller;
  const interfaces = interfaceWords(controller);
  const tone = controllerTone(controller);
  return (
    <li className="card" data-tone={tone} aria-label={name}>
      <div className="card-head">
        <b className="controller-name">{name.replace(/^\//, "")}</b>
        <span className="source" data-tone={tone}>
          <i className="dot" aria-hidden />
          {state}
        </span>
      </div>
      <dl className="details">
        {type !== null && <Pair name="Type" value={type.replace("/", "/\u200b")} />}
        {sinceMs !== null && (
          <Pair
            name="Since"
            value={`${formatClock(sinceMs)}${now === 0 ? "" : `, ${formatAgo(now - sinceMs)}`}${sawChange ? "" : " or longer"}`}
          />
        )}
        {joints.length > 0 && (
          <>
            <dt>Joints</dt>
            <dd>
              <Joints robot={robot} joints={joints} />
            </dd>
          </>
        )}
        {interfaces !== "" && <Pair name="Interfaces" value={interfaces} />}
        {ways.map((way) => (
          <Pair
            key={way.name}
            name={way.isUsed ? "Twin sends" : "Not used"}
            value={`${way.name}, ${way.kind}`}
          />
        ))}
        {lastGoal !== null && <Pair name="Last goal" value={goalWords(lastGoal)} />}
      </dl>
      {problems.map((text) => (
        <Text key={text} size="xs" className="controller-problem">
          {text}
        </Text>
      ))}
    </li>
  );
}

/** A press selects a joint everywhere. */
function Joints({ robot, joints }: { robot: string; joints: readonly string[] }) {
  const viewer = useViewer();
  const things = useSignal(viewer.store.things);
  return joints.map((joint) => {
    const id = `${robot}/joint/${joint}`;
    return Object.hasOwn(things, id) ? (
      <UnstyledButton
        key={joint}
        className="inline-link controller-joint"
        onClick={() => selectThing(viewer, id)}
      >
        {joint}
      </UnstyledButton>
    ) : (
      <span key={joint} className="controller-joint">
        {joint}
      </span>
    );
  });
}

/** What takes commands of a twin without ROS: simulated controllers, and devices that drive joints. */
function WithoutRos() {
  const status = useSignal(useViewer().store.status);
  const controls = status?.control ?? [];
  return (
    <ul className="cards">
      {controls.flatMap(({ robot, can }) =>
        (can.controllers ?? []).map(({ name, kind, state, joints, reason }) => (
          <li key={`${robot} ${name}`} className="card" aria-label={name}>
            <div className="card-head">
              <b className="controller-name">{name}</b>
              <span className="source" data-tone={state === "active" ? "good" : "doubt"}>
                <i className="dot" aria-hidden />
                {state}
              </span>
            </div>
            <p className="dim">
              {robot}: {kind}
              {joints.length > 0 && ` of ${joints.join(", ")}`}
            </p>
            {reason !== undefined && <p className="controller-problem">{reason}</p>}
          </li>
        )),
      )}
    </ul>
  );
}
