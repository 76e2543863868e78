import { Button, Popover, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconSteeringWheel } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { takesCommands } from "../store/control-extras.ts";
import { useDriveHint } from "./drive-hint.ts";
import { useControl, useRobot, useSignal, useViewer } from "./viewer-context.ts";

/** Who drives, said to everybody, and the way into driving and out of it. */
export function DriveControl() {
  const viewer = useViewer();
  const robot = useRobot();
  const driving = useSignal(viewer.driver.driving);
  const socket = useSignal(viewer.driver.link.socket.phase);
  const control = useControl(robot?.id ?? null);
  const things = useSignal(viewer.store.things);
  const hint = useDriveHint(robot?.id ?? null);
  const isPast = useSignal(viewer.driver.block) !== null;
  if (!robot) return null;
  if (driving.phase === "held") return <DrivingMenu />;
  const lease = control?.lease;
  // A lease that yields, as the demo's, is in nobody's way.
  const holder = lease?.yields === true ? undefined : lease?.holder;
  const { can } = control ?? {};
  const hasDevice = Object.values(things).some((thing) => thing.type === "device");
  const moves = can === undefined || takesCommands(can);
  const immovable = !moves && !hasDevice;
  const blocked = isPast || socket !== "open" || control?.stopped != null || immovable;
  return (
    <Button
      className="drive-control"
      size="compact-sm"
      variant={holder === undefined ? "light" : "default"}
      leftSection={<IconSteeringWheel size={16} aria-hidden />}
      loading={driving.phase === "asking"}
      disabled={blocked || holder !== undefined}
      title={
        immovable && control?.stopped == null && !isPast
          ? `Nothing here can be commanded: ${can?.reason ?? "no controller was found"}.`
          : blocked || holder !== undefined
            ? (hint ?? undefined)
            : `Acquire the lease of ${robot.name} and drive it`
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
    <Popover width={260} shadow="md" position="bottom-start" withinPortal={false} trapFocus returnFocus>
      <Popover.Target>
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
      </Popover.Target>
      <Popover.Dropdown aria-label="You drive">
        <Button fullWidth size="xs" variant="default" onClick={() => viewer.driver.release()}>
          Stop driving
        </Button>
        <TextInput
          mt={12}
          size="xs"
          label="Your name, shown to other users"
          placeholder="empty: the browser's name is shown"
          maxLength={64}
          value={holder}
          onChange={(event) => {
            const name = event.currentTarget.value;
            viewer.settings.update((now) => ({ ...now, holder: name }));
          }}
        />
        <Text size="xs" c="dimmed" mt={6}>
          Shown from the next time you press “Drive”.
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
