import "./design.css";
import { Button, Checkbox, ScrollArea, SegmentedControl } from "@mantine/core";
import type { DesignLayers } from "../design/design-layers.ts";
import type { DesignTwin } from "../design/design-twin.ts";
import { EndEffector, GravityEfforts, Masses } from "./design-figures.tsx";
import { Findings, Meshes } from "./design-findings.tsx";
import { DesignJoints } from "./design-joints.tsx";
import { scrolledByKeys } from "./panel.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

/** The design twin's one panel: what is wrong, the pose, what is drawn, and what the model says of the pose. */
export function DesignPanel({ twin }: { twin: DesignTwin }) {
  const state = useSignal(twin.state);
  const report = useSignal(twin.report);
  return (
    <section className="panel" aria-label="Design">
      <h2 className="panel-title">{state?.model.name ?? "Design"}</h2>
      <Broken twin={twin} />
      <ScrollArea
        className="panel-scroll"
        type="auto"
        scrollbarSize={8}
        viewportProps={scrolledByKeys("Design")}
      >
        <div className="panel-body design">
          {state !== null && (
            <>
              <Poses twin={twin} />
              <Layers twin={twin} />
              <h3 className="thing-title">Joints</h3>
              <Units />
              <DesignJoints twin={twin} state={state} />
              <Masses state={state} />
              <GravityEfforts state={state} />
              <EndEffector twin={twin} state={state} />
            </>
          )}
          {report !== null && (
            <>
              <Findings report={report} />
              <Meshes meshes={report.meshes} />
            </>
          )}
        </div>
      </ScrollArea>
    </section>
  );
}

function Broken({ twin }: { twin: DesignTwin }) {
  const report = useSignal(twin.report);
  const problem = useSignal(twin.problem);
  const error = report?.findings.find((finding) => finding.severity === "error");
  if (report?.broken !== true && problem === null) return null;
  return (
    <div className="design-broken" role="alert">
      <p>
        <b>The description has an error.</b>{" "}
        {twin.state.get() === null
          ? "There is no robot to show yet."
          : "Showing the last version without errors."}
      </p>
      {error !== undefined ? (
        <p>
          <code>
            {error.file}:{error.line}
          </code>{" "}
          {error.element}: {error.message}
        </p>
      ) : (
        <p>{problem}</p>
      )}
    </div>
  );
}

function Poses({ twin }: { twin: DesignTwin }) {
  const poses = [
    { which: "start", label: "Reset all", title: "Move every joint to 0, or to its limit nearest to 0" },
    { which: "zero", label: "Zero pose", title: "Move every joint to 0, even outside its limits" },
    { which: "random", label: "Random pose", title: "Random position within limits for every joint" },
  ] as const;
  return (
    <Button.Group mb={8}>
      {poses.map(({ which, label, title }) => (
        <Button
          key={which}
          size="compact-sm"
          variant="default"
          title={title}
          onClick={() => twin.take(which, Math.random)}
        >
          {label}
        </Button>
      ))}
    </Button.Group>
  );
}

/** On a phone the bar at the top has no room for it. */
function Units() {
  const { settings } = useViewer();
  const { angles } = useSignal(settings);
  return (
    <SegmentedControl
      className="narrow-only"
      size="xs"
      aria-label="Unit of angles"
      value={angles}
      data={["rad", "deg"]}
      onChange={(value) => settings.update((now) => ({ ...now, angles: value === "deg" ? "deg" : "rad" }))}
    />
  );
}

const layerLabels: { [L in keyof DesignLayers]: string } = {
  visuals: "Visuals",
  collision: "Collision shapes",
  centerOfMass: "Centre of mass",
  linkCenters: "Links’ centres of mass",
  inertia: "Inertia boxes",
  axes: "Joint axes",
  frames: "Link frames",
};

function Layers({ twin }: { twin: DesignTwin }) {
  const { settings } = useViewer();
  const layers = useSignal(twin.layers);
  const ground = useSignal(settings).layers;
  const names = Object.keys(layerLabels).filter((name): name is keyof DesignLayers => name in layers);
  return (
    <fieldset className="design-layers" aria-label="Layers">
      <h3 className="thing-title">Layers</h3>
      <div className="design-switches">
        {names.map((name) => (
          <Checkbox
            key={name}
            size="xs"
            label={layerLabels[name]}
            checked={layers[name]}
            onChange={(event) => {
              const shown = event.currentTarget.checked;
              twin.layers.update((now) => ({ ...now, [name]: shown }));
            }}
          />
        ))}
        <Checkbox
          size="xs"
          label="Grid"
          checked={ground.grid}
          onChange={(event) => {
            const grid = event.currentTarget.checked;
            settings.update((now) => ({ ...now, layers: { ...now.layers, grid } }));
          }}
        />
      </div>
    </fieldset>
  );
}
