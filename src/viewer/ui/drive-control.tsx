import { Button, Menu, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconSteeringWheel } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useControl, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** Who drives, said to everybody, and the way into driving and out of it. */
export function DriveControl() {
  const viewer = useViewer();
  const robot = useRobot();
  const driving = useSignal(viewer.driver.driving);
  const socket = useSignal(viewer.driver.socket.phase);
  const control = useControl(robot?.id ?? null);
  const things = useSignal(viewer.store.things);
  if (!robot) return null;
  if (driving.phase === "held") return <DrivingMenu />;
  const holder = control?.lease?.holder;
  const { can } = control ?? {};
  const hasDevice = Object.values(things).some((thing) => thing.type === "device");
  const moves = can === undefined || can.jointPosition || can.jointVelocity || can.twist;
  const immovable = !moves && !hasDevice;
  const blocked = socket !== "open" || control?.stopped != null || immovable;
  return (
    <Button
      className="drive-control"
      size="compact-sm"
      variant={holder === undefined ? "light" : "default"}
      leftSection={<IconSteeringWheel size={16} aria-hidden />}
      loading={driving.phase === "asking"}
      disabled={blocked || holder !== undefined}
      title={
        holder !== undefined
          ? `${holder} drives ${robot.name}. Only one can; anyone can stop.`
          : immovable
            ? `Nothing here can be commanded: ${can?.reason ?? "no controller was found"}.`
            : blocked
              ? "Not now: stopped, or no connection."
              : `Take the controls of ${robot.name}`
      }
      aria-label={holder === undefined ? "Drive" : `${holder} drives`}
      onClick={() => viewer.driver.acquire(robot.id)}
    >
      {holder === undefined ? "Drive" : `${holder} drives`}
    </Button>
  );
}

function DrivingMenu() {
  const viewer = useViewer();
  const { holder } = useSignal(viewer.settings);
  const button = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone; who came by keyboard goes on from here.
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus();
  }, []);
  return (
    <Menu width={240} shadow="md">
      <Menu.Target>
        <Button
          ref={button}
          className="drive-control"
          size="compact-sm"
          variant="filled"
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label="You drive"
        >
          You drive
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => viewer.driver.release()}>Stop driving</Menu.Item>
        <Menu.Divider />
        <TextInput
          m={8}
          size="xs"
          label="Your name, for the others"
          placeholder="none: the browser is named"
          maxLength={64}
          value={holder}
          onChange={(event) => {
            const name = event.currentTarget.value;
            viewer.settings.update((now) => ({ ...now, holder: name }));
          }}
        />
        <Text size="xs" c="dimmed" m={8}>
          Shown from the next time you take the controls.
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}
