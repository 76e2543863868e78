import { Tooltip, UnstyledButton } from "@mantine/core";
import { useViewer } from "./viewer-context.ts";

/** Always in the same place, always enabled. Acts on pointer down: a stop does not wait for the finger to lift. */
export function StopControl() {
  const { driver } = useViewer();
  return (
    <Tooltip
      label="Stops all robots at once (Space). A software stop, with no safety rating."
      openDelay={600}
    >
      <UnstyledButton
        className="stop"
        aria-label="Stop"
        aria-keyshortcuts="Space"
        onPointerDown={() => driver.stop()}
        onClick={(event) => {
          // Keyboards and assistive tools click without a pointer.
          if (event.detail === 0) driver.stop();
        }}
      >
        STOP
      </UnstyledButton>
    </Tooltip>
  );
}
