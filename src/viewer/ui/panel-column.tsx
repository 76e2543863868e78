import { useMediaQuery } from "@mantine/hooks";
import { phoneQuery } from "../store/narrow.ts";
import {
  highestBottom,
  highestShare,
  lowestBottom,
  lowestShare,
  narrowestPanel,
  widestPanel,
} from "../store/settings.ts";
import { Panel } from "./panel.tsx";
import { Splitter } from "./splitter.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

declare module "react" {
  interface CSSProperties {
    "--share"?: string;
    "--bottom-height"?: string;
  }
}

const across = { orientation: "horizontal", className: "divider-across" } as const;

/** The sizes of panels among the settings: their limits, and what a step of a key and a pixel of a drag change. */
const sizes = {
  panelWidth: {
    orientation: "vertical",
    className: "divider",
    least: narrowestPanel,
    most: widestPanel,
    step: 20,
  },
  lowerShare: { ...across, least: lowestShare, most: highestShare, step: 5 },
  bottomHeight: { ...across, least: lowestBottom, most: highestBottom, step: 20 },
} as const;

/** The line that changes one of the sizes. */
function SizeSplitter({ size, label }: { size: keyof typeof sizes; label: string }) {
  const { settings } = useViewer();
  const value = useSignal(settings)[size];
  return (
    <Splitter
      {...sizes[size]}
      label={label}
      value={value}
      perPixel={size === "lowerShare" ? 100 / Math.max(1, innerHeight) : 1}
      onChange={(next) => settings.update((now) => ({ ...now, [size]: Math.round(next) }))}
    />
  );
}

/** The panels at the right: one, or one above the other. */
export function PanelColumn() {
  const { docks, settings } = useViewer();
  const { right, lower } = useSignal(docks.now);
  const { lowerShare } = useSignal(settings);
  const isPhone = useMediaQuery(phoneQuery, undefined, { getInitialValueInEffect: false });
  if (right === null) return null;
  const isSplit = lower !== null && !isPhone;
  return (
    <aside
      className="panel-column"
      aria-label="Panels"
      style={{ "--share": isSplit ? `${lowerShare}%` : "0%" }}
    >
      <SizeSplitter size="panelWidth" label="Width of the panel" />
      <Panel key={right} name={right} place="right" />
      {isSplit && (
        <>
          <SizeSplitter size="lowerShare" label="Height of the lower panel, percent" />
          <Panel key={lower} name={lower} place="lower" />
        </>
      )}
    </aside>
  );
}

/** The panel beneath the 3D view. */
export function BottomPanel() {
  const { docks, settings } = useViewer();
  const { bottom } = useSignal(docks.now);
  const { bottomHeight } = useSignal(settings);
  const isPhone = useMediaQuery(phoneQuery, undefined, { getInitialValueInEffect: false });
  if (bottom === null || isPhone) return null;
  return (
    <aside
      className="panel-bottom"
      aria-label="Panel beneath the 3D view"
      style={{ "--bottom-height": `${bottomHeight}px` }}
    >
      <SizeSplitter size="bottomHeight" label="Height of the panel beneath the 3D view" />
      <Panel key={bottom} name={bottom} place="bottom" />
    </aside>
  );
}
