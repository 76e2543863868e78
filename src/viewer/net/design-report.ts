import { isNumber, isObject, isText } from "../../client/message-checks.ts";
import type { DesignFinding, DesignMesh, DesignReport } from "../../protocol/state-messages.ts";

/** The report of a `design` message; null when it lacks something that it must have. */
export function readDesignReport(value: unknown): DesignReport | null {
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
