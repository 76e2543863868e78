import { useMediaQuery } from "@mantine/hooks";
import { fullSpeed } from "../drive/full-speed.ts";
import { phoneQuery } from "../store/narrow.ts";
import { DrivePad } from "./drive-pad.tsx";
import { useDriveBlock } from "./drive-panel.tsx";
import { useControl, useRobot } from "./viewer-context.ts";

const thumbShare = 0.4;
/** The width below which phone.css lays the page out for a hand. */

/** On a phone: the strip at the bottom, with the pad under the left thumb and room for STOP under the right. */
export function PhoneDrive() {
  const robot = useRobot();
  const control = useControl(robot?.id ?? null);
  const block = useDriveBlock();
  const narrow = useMediaQuery(phoneQuery, false, { getInitialValueInEffect: false });
  if (!narrow) return null;
  const speed = { linear: fullSpeed.linear * thumbShare, angular: fullSpeed.angular * thumbShare };
  return (
    <section className="thumbs" aria-label="Drive with the thumb">
      {control?.can.twist === true && <DrivePad enabled={block === null} speed={speed} />}
      <small className="dim">{block ?? "Hold the pad to drive. Letting go stops."}</small>
    </section>
  );
}
