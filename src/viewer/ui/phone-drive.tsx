import { useMediaQuery } from "@mantine/hooks";
import { DrivePad } from "./drive-pad.tsx";
import { fullSpeed, useDriveBlock } from "./drive-panel.tsx";

const thumbShare = 0.4;
/** The width below which page.css lays the page out for a hand. */
export const phoneQuery = "(max-width: 760px)";

/** On a phone the pad lies under the left thumb while this page drives. */
export function PhoneDrive() {
  const block = useDriveBlock();
  const narrow = useMediaQuery(phoneQuery, false, { getInitialValueInEffect: false });
  if (block !== null || !narrow) return null;
  const speed = { linear: fullSpeed.linear * thumbShare, angular: fullSpeed.angular * thumbShare };
  return (
    <div className="phone-drive">
      <DrivePad enabled speed={speed} />
    </div>
  );
}
