// stdin: {"file", "base", "states": [{"q": {joint: [numbers]}, "v": {joint: [numbers]}, "a", "tau", "base"?}]}, where
// "base" is {"q", "v", "a", "tau"}; stdout: one object with all our answers, computed with the built dist/.
// A helper of compare-dynamics.py and make-dynamics.py.
import { readFileSync } from "node:fs";
import { createModel } from "../../dist/robot/model.js";
import { parseUrdf } from "../../dist/robot/reading/urdf.js";
import { answersOf, namesOf } from "./dynamics-answers.mjs";

const request = JSON.parse(readFileSync(0, "utf8"));
const { description, findings } = parseUrdf(readFileSync(request.file, "utf8"));
if (description === null) {
  const { line, element, message } = findings.find((finding) => finding.severity === "error");
  process.stderr.write(`line ${line}: ${element}: ${message}\n`);
  process.exit(1);
}
const model = createModel(description, request.base);
process.stdout.write(
  JSON.stringify({ ...namesOf(model), answers: request.states.map((state) => answersOf(model, state)) }),
);
