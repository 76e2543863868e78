import type { PropertyJson } from "../../protocol/state-messages.ts";
import { isNumber, isObject, isText } from "../net/message-checks.ts";

/** What the server found in the description's files; `file` and `line` say where. */
export type DesignFinding = {
  severity: "error" | "warning";
  file: string;
  line: number;
  element: string;
  message: string;
};

export type DesignMesh = { uri: string; status: "found" | "missing" | "refused"; reason: string };

/** `broken`: the newest reading has an error, and what is shown is the last that had none. */
export type DesignReport = {
  file: string;
  revision: number;
  broken: boolean;
  findings: readonly DesignFinding[];
  meshes: readonly DesignMesh[];
};

/** The report in a robot's property `design`, which is JSON as text; null when the robot has none. */
export function readDesignReport(property: PropertyJson | undefined): DesignReport | null {
  const text = property?.reported?.value;
  if (!isText(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || !isText(value.file) || !isNumber(value.revision)) return null;
  if (!Array.isArray(value.findings) || !Array.isArray(value.meshes)) return null;
  return {
    file: value.file,
    revision: value.revision,
    broken: value.broken === true,
    findings: value.findings.filter(isFinding),
    meshes: value.meshes.filter(isMesh),
  };
}

function isFinding(value: unknown): value is DesignFinding {
  return (
    isObject(value) &&
    (value.severity === "error" || value.severity === "warning") &&
    isText(value.file) &&
    isNumber(value.line) &&
    isText(value.element) &&
    isText(value.message)
  );
}

function isMesh(value: unknown): value is DesignMesh {
  return (
    isObject(value) &&
    isText(value.uri) &&
    (value.status === "found" || value.status === "missing" || value.status === "refused") &&
    isText(value.reason)
  );
}
