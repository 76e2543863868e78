"""Puts OMPL's RRTConnect beside the planner, on the problems and motions of `npm run bench -- planner`.

    PLAN_OUT=plans.jsonl npm run bench -- planner
    python compare-ompl.py plans.jsonl [--seconds 5] [--step 0.05]

OMPL looks for a way between the same ends, in the same ranges of the joints and with the same margins, with pinocchio and coal as
its checker, every `step` rad, and simplifies it. Its way is then timed by the same function as the twin's, with the same widest
curves at its corners, which nobody checks: so the durations compare the ways. Times are CPU times of one core. Every 1e-3 rad of
OMPL's simplified ways is looked at, too, as compare-plans.py does with the twin's. Needs PyPI `ompl`, `pin` and
`example-robot-data`, and a build of this project. Exit code 1 where OMPL solves more, or the twin's motions take more than 1.2 times
as long in the median of the problems that both solve.
"""

import argparse
import importlib
import json
import pathlib
import subprocess
import sys
import time

import numpy as np
import pinocchio as pin
from ompl import base as ob
from ompl import geometric as og
from ompl import util as ou

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
motions = importlib.import_module("compare-motions")
scenes = importlib.import_module("compare-scenes")

# m and rad or m, as src/command/collision-guard.ts and src/command/way-around.ts have them.
SCENE_MARGIN = 0.01
WIDEST_BLEND = 0.3
AROUND = np.pi


class Checker:
    """Whether a problem's robot is free in a state: the joints of the problem, all others at zero."""

    def __init__(self, line, known):
        path = pathlib.Path(line["file"])
        if path not in known:
            model = pin.buildModelFromUrdf(str(path))
            known[path] = model, motions.geometry_of(model, path, pathlib.Path(line["packages"]), [])[0]
        self.model, own = known[path]
        scene = {"objects": line["scene"], "points": [], "pairs": line["pairs"]}
        self.geometry, numbers = scenes.with_objects(self.model, own, scene)
        self.data, self.geometry_data = self.model.createData(), self.geometry.createData()
        objects = {thing["id"] for thing in line["scene"]}
        self.margins = [SCENE_MARGIN if objects & set(line["pairs"][n]) else 0.0 for n in numbers]
        self.places = [self.model.idx_qs[self.model.getJointId(name)] for name in line["joints"]]
        self.wide = [self.model.nqs[self.model.getJointId(name)] == 2 for name in line["joints"]]
        self.q = pin.neutral(self.model)
        self.looks = 0

    def use_margins(self, wanted):
        for request, margin in zip(self.geometry_data.collisionRequests, self.margins):
            request.security_margin = margin if wanted else 0.0

    def is_free(self, state):
        self.looks += 1
        for i, (place, wide) in enumerate(zip(self.places, self.wide)):
            if wide:
                self.q[place], self.q[place + 1] = np.cos(state[i]), np.sin(state[i])
            else:
                self.q[place] = state[i]
        return not pin.computeCollisions(self.model, self.data, self.geometry, self.geometry_data, self.q, True)


def solve(line, checker, options):
    """(way, s to find it, s to simplify it), the way None where there is none in time."""
    joints, limits = line["joints"], line["limits"]
    ends = [[line[end][name] for name in joints] for end in ("start", "goal")]
    count = len(joints)
    space = ob.RealVectorStateSpace(count)
    bounds = ob.RealVectorBounds(count)
    for i, name in enumerate(joints):
        bounds.setLow(i, max(limits[name]["lower"], min(end[i] for end in ends) - AROUND))
        bounds.setHigh(i, min(limits[name]["upper"], max(end[i] for end in ends) + AROUND))
    space.setBounds(bounds)
    space.setLongestValidSegmentFraction(options.step / space.getMaximumExtent())
    setup = og.SimpleSetup(space)
    checker.use_margins(True)
    setup.setStateValidityChecker(checker.is_free)
    states = [space.allocState(), space.allocState()]
    for state, end in zip(states, ends):
        for i, value in enumerate(end):
            state[i] = value
    setup.setStartAndGoalStates(*states)
    setup.setPlanner(og.RRTConnect(setup.getSpaceInformation()))
    begin = time.process_time()
    status = setup.solve(options.seconds)
    found = time.process_time()
    if "Exact" not in str(status):
        return None, found - begin, 0.0
    setup.simplifySolution()
    simplified = time.process_time()
    way = [[state[i] for i in range(count)] for state in setup.getSolutionPath().getStates()]
    return way, found - begin, simplified - found


def collides(way, checker):
    checker.use_margins(False)
    for one, two in zip(way, way[1:]):
        one, two = np.array(one), np.array(two)
        steps = max(1, int(np.ceil(np.max(np.abs(two - one)) / 1e-3)))
        for k in range(steps + 1):
            if not checker.is_free(one + (two - one) * k / steps):
                return True
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("plans")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--step", type=float, default=0.05)
    options = parser.parse_args()
    ou.setLogLevel(ou.LogLevel.LOG_WARN)
    ou.RNG.setSeed(15)
    timer = subprocess.Popen(
        ["node", str(HERE / "durations-of.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    known, robots = {}, {}
    for text in pathlib.Path(options.plans).read_text().splitlines():
        line = json.loads(text)
        rows = robots.setdefault(pathlib.Path(line["file"]).stem, [])
        checker = Checker(line, known)
        way, found, simplified = solve(line, checker, options)
        row = {"ours": line["motion"], "theirs": way is not None, "seconds": found + simplified, "looks": checker.looks}
        if way is not None:
            request = {"joints": line["joints"], "limits": line["limits"], "waypoints": way, "blend": WIDEST_BLEND}
            timer.stdin.write(json.dumps(request) + "\n")
            timer.stdin.flush()
            row["duration"] = float(timer.stdout.readline())
            row["collides"] = collides(way, checker)
        rows.append(row)
    timer.stdin.close()
    fine = bool(robots)
    for name, rows in robots.items():
        fine = report(name, rows) and fine
    sys.exit(0 if fine else 1)


def report(name, rows):
    ours = [row for row in rows if row["ours"] is not None]
    theirs = [row for row in rows if row["theirs"]]
    both = [row for row in ours if row["theirs"]]
    ratios = np.array([row["ours"]["duration"] / row["duration"] for row in both])
    mine = np.array([row["ours"]["ms"] / 1000 for row in ours])
    yours = np.array([row["seconds"] for row in theirs])
    sums = [sum(row["ours"]["duration"] for row in both), sum(row["duration"] for row in both)]
    only = [sum(not row["theirs"] for row in ours), sum(row["ours"] is None for row in theirs)]
    either = sum(row["theirs"] or row["ours"] is not None for row in rows)
    print(
        f"{name}: of {len(rows)} problems {either} are solved: by the twin {len(ours)} ({np.sum(mine <= 1)} within 1 s, "
        f"{100 * np.sum(mine <= 1) / either:.1f} %), by OMPL {len(theirs)} "
        f"({np.sum(yours <= 1)} within 1 s); {only[0]} only the twin, {only[1]} only OMPL. CPU time, median and p95: twin "
        f"{np.median(mine):.3f} {np.quantile(mine, 0.95):.3f} s, OMPL {np.median(yours):.3f} {np.quantile(yours, 0.95):.3f} s "
        f"with {np.median([row['looks'] for row in theirs]):.0f} looks. Duration of the motion, twin by OMPL: median "
        f"{np.median(ratios):.2f}, p95 {np.quantile(ratios, 0.95):.2f}, sum {sums[0] / sums[1]:.2f}; "
        f"{sum(row['collides'] for row in theirs)} of OMPL's ways collide between its looks."
    )
    return len(ours) >= len(theirs) and np.median(ratios) <= 1.2


if __name__ == "__main__":
    main()
