import type { DesignMesh, DesignReport } from "../../protocol/state-messages.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

/** What is wrong or odd about the files, errors first, each with its place. */
export function Findings({ report }: { report: DesignReport }) {
  const { file, findings } = report;
  const ordered = [...findings].sort((a, b) => a.severity.localeCompare(b.severity));
  return (
    <>
      <h3 className="thing-title">
        {findings.length === 0
          ? "No findings"
          : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`}
      </h3>
      <p className="dim design-file">{file}</p>
      <ul className="design-findings" aria-label="Findings">
        {ordered.map((finding, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two findings may say the same, and the list is replaced whole
          <li key={index} data-severity={finding.severity}>
            <code>
              {finding.file}:{finding.line}
            </code>{" "}
            <b>{finding.severity}</b> {finding.element}: {finding.message}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Which mesh files are there, and what the page missed when it drew them. */
export function Meshes({ meshes }: { meshes: readonly DesignMesh[] }) {
  const robots = useSignal(useViewer().fleet.robots);
  const found = meshes.filter(({ status }) => status === "found").length;
  const lost = meshes.filter(({ status }) => status !== "found");
  const missed = robots
    .flatMap((robot) => robot.meshes.problems)
    .filter((problem) => !lost.some(({ uri }) => problem.startsWith(`${uri} `)));
  return (
    <>
      <h3 className="thing-title">Meshes</h3>
      <p className="design-file" role="status" aria-label="Meshes">
        {meshes.length === 0 ? "none named" : `${found} found, ${lost.length} missing`}
      </p>
      {lost.length + missed.length > 0 && (
        <ul className="problems" aria-label="Missing meshes and textures">
          {lost.map(({ uri, status, reason }) => (
            <li key={uri}>
              {uri} is {status}: {reason}
            </li>
          ))}
          {missed.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </>
  );
}
