// stdin: {"file", "args": {name: value}, "packages": {name: folder}}; stdout: {"urdf", "fault"}, made with the
// built dist/. A helper of compare-xacro.py.
import { readFileSync } from "node:fs";
import { xacroFilesOf } from "../../dist/io/files/xacro-files.js";
import { parseXacro } from "../../dist/robot/reading/xacro/parse-xacro.js";

const { file, args, packages } = JSON.parse(readFileSync(0, "utf8"));
const files = xacroFilesOf(file, (name) => packages[name] ?? null);
const { urdf, findings } = parseXacro(readFileSync(file, "utf8"), files, new Map(Object.entries(args)));
const error = findings.find((one) => one.severity === "error");
const fault =
  error === undefined ? null : `${error.file ?? file}:${error.line}: ${error.element}: ${error.message}`;
process.stdout.write(JSON.stringify({ urdf, fault }));
