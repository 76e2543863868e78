// stdin: [[[numbers in the order of make-trajectories.py's FIELDS] a joint] a case]; stdout: [{"duration",
// "end", "over"}], computed with the built dist/: the greatest jump on the way from start to target, and how
// far the way passes a limit that its start keeps. A helper of make-trajectories.py.
import { readFileSync } from "node:fs";
import { synchronisedProfiles } from "../../dist/robot/trajectory/jerk-limited.js";
import { judgeProfile } from "./judge-profile.mjs";
import { tasksOf } from "./trajectory-tasks.mjs";

const answers = JSON.parse(readFileSync(0, "utf8")).map((joints) => {
  const { from, to, limits } = tasksOf(joints);
  const { duration, profiles } = synchronisedProfiles(from, to, limits);
  let [end, over] = [0, 0];
  for (const [i, profile] of profiles.entries()) {
    const judged = judgeProfile(profile, from[i], to[i], limits[i]);
    end = Math.max(end, judged.end);
    over = Math.max(over, judged.over);
  }
  return { duration, end, over };
});
process.stdout.write(JSON.stringify(answers));
