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

const keyStep = 20;

/** The panels at the right: one, or one above the other. */
export function PanelColumn() {
  const { docks, settings } = useViewer();
  const { right, lower } = useSignal(docks.now);
  const { panelWidth, lowerShare } = useSignal(settings);
  const isPhone = useMediaQuery(phoneQuery, undefined, { getInitialValueInEffect: false });
  if (right === null) return null;
  const isSplit = lower !== null && !isPhone;
  return (
    <aside
      className="panel-column"
      aria-label="Panels"
      style={{ "--share": isSplit ? `${lowerShare}%` : "0%" }}
    >
      <Splitter
        label="Width of the panel"
        orientation="vertical"
        className="divider"
        value={panelWidth}
        least={narrowestPanel}
        most={widestPanel}
        step={keyStep}
        perPixel={1}
        onChange={(width) => settings.update((now) => ({ ...now, panelWidth: Math.round(width) }))}
      />
      <Panel key={right} name={right} place="right" />
      {isSplit && (
        <>
          <Splitter
            label="Height of the lower panel, percent"
            orientation="horizontal"
            className="divider-across"
            value={lowerShare}
            least={lowestShare}
            most={highestShare}
            step={5}
            perPixel={100 / Math.max(1, innerHeight)}
            onChange={(share) => settings.update((now) => ({ ...now, lowerShare: Math.round(share) }))}
          />
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
      <Splitter
        label="Height of the panel beneath the 3D view"
        orientation="horizontal"
        className="divider-across"
        value={bottomHeight}
        least={lowestBottom}
        most={highestBottom}
        step={keyStep}
        perPixel={1}
        onChange={(height) => settings.update((now) => ({ ...now, bottomHeight: Math.round(height) }))}
      />
      <Panel key={bottom} name={bottom} place="bottom" />
    </aside>
  );
}
