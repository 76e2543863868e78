import {
  ActionIcon,
  Menu,
  SegmentedControl,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from "@mantine/core";
import { IconChevronDown, IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { inWords } from "../store/health.ts";
import { DriveControl } from "./drive-control.tsx";
import { readHealth } from "./health-reading.ts";
import { LayoutsMenu } from "./layouts-menu.tsx";
import { AskForControl } from "./lease-request.tsx";
import { SpeedControl } from "./speed-control.tsx";
import { StopControl } from "./stop-control.tsx";
import { useReading, useRobot, useSignal, useViewer } from "./viewer-context.ts";

export function TopBar() {
  const viewer = useViewer();
  const isDesign = useSignal(viewer.design) !== null;
  const hasStop = useSignal(viewer.hasStop);
  return (
    <header className="top-bar">
      <h1 className="brand">twinbridge</h1>
      <RobotName />
      <PastTag />
      <Connection />
      <Latency />
      {!isDesign && <DriveControl />}
      {!isDesign && <AskForControl />}
      <span className="spacer" />
      {!isDesign && <SpeedControl place="bar" />}
      {!isDesign && viewer.embed === null && <LayoutsMenu />}
      <Units />
      <Scheme />
      {hasStop && <StopControl />}
    </header>
  );
}

function RobotName() {
  const viewer = useViewer();
  const robots = useSignal(viewer.fleet.robots);
  const robot = useRobot();
  if (robots.length < 2) return <span className="robot-name">{robot?.name ?? "no robot yet"}</span>;
  return (
    <Menu>
      <Menu.Target>
        <UnstyledButton className="robot-name" aria-label="Choose the robot">
          {robot?.name} <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah="70vh" style={{ overflowY: "auto" }}>
        {robots.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => viewer.chosenRobot.set(id)}>
            {name} <small>{id}</small>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Beside the robot's name, so that nobody takes the past for the present. */
function PastTag() {
  const viewer = useViewer();
  const isPast = useSignal(viewer.past.isShown);
  return isPast ? <b className="past-word">PAST</b> : null;
}

function Connection() {
  const viewer = useViewer();
  const summary = useReading(() => readHealth(viewer)[0].word);
  const tone = useReading(() => readHealth(viewer)[0].tone);
  const sentence = useReading(() => readHealth(viewer).map(inWords).join("\n"));
  return (
    <Tooltip label={sentence} multiline maw={360} className="several-lines">
      <output className="connection" data-tone={tone} aria-label={`Connection: ${summary}`}>
        <i className="dot" aria-hidden />
        {summary}
      </output>
    </Tooltip>
  );
}

function Latency() {
  const viewer = useViewer();
  const text = useReading(() => {
    const trip = viewer.state.clock.roundTripMs;
    return viewer.state.heard && trip !== null ? `${Math.max(1, Math.round(trip))} ms` : "– ms";
  });
  return (
    <Tooltip label="Round trip to the server">
      <span className="latency figure">
        <span className="wide-only">round trip </span>
        {text}
      </span>
    </Tooltip>
  );
}

function Units() {
  const { settings } = useViewer();
  const { angles } = useSignal(settings);
  return (
    <SegmentedControl
      className="wide-only"
      size="xs"
      aria-label="Unit of angles"
      value={angles}
      data={[
        { value: "rad", label: "rad" },
        { value: "deg", label: "deg" },
      ]}
      onChange={(value) => settings.update((now) => ({ ...now, angles: value === "deg" ? "deg" : "rad" }))}
    />
  );
}

const schemes = {
  auto: { icon: IconDeviceDesktop, next: "light", label: "Colours: as the system" },
  light: { icon: IconSun, next: "dark", label: "Colours: light" },
  dark: { icon: IconMoon, next: "auto", label: "Colours: dark" },
} as const;

function Scheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { icon: Icon, next, label } = schemes[colorScheme];
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => setColorScheme(next)}>
        <Icon size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
