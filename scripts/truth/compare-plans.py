"""Verifies the paths of `npm run bench -- planner` with pinocchio and coal, every 1e-3 rad of the joint that moves most.

    PLAN_OUT=plans.jsonl npm run bench -- planner
    python compare-plans.py plans.jsonl

No pair of the robot with itself or with an object may be in collision in any sample, and the first and last sample must be the
start and the goal. Needs PyPI `pin` and `example-robot-data`. Exit code 1 otherwise.
"""

import importlib
import json
import pathlib
import sys

import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
motions = importlib.import_module("compare-motions")
scenes = importlib.import_module("compare-scenes")


def verify(line, known):
    path = pathlib.Path(line["file"])
    if path not in known:
        model = pin.buildModelFromUrdf(str(path))
        known[path] = model, motions.geometry_of(model, path, pathlib.Path(line["packages"]), [])[0]
    model, own = known[path]
    scene = {"objects": line["scene"], "points": [], "pairs": line["pairs"]}
    geometry, _ = scenes.with_objects(model, own, scene)
    data, geometry_data = model.createData(), geometry.createData()
    motion = line["motion"]
    ways = np.array(motion["positions"])
    ends = [np.array([line[end][name] for name in motion["joints"]]) for end in ("start", "goal")]
    problems = []
    if np.max(np.abs(ways[0] - ends[0])) > 1e-6 or np.max(np.abs(ways[-1] - ends[1])) > 1e-6:
        problems.append("does not run from start to goal")
    if np.max(np.abs(np.diff(ways, axis=0))) > 1.001e-3:
        problems.append("is sampled too coarsely")
    base, hits = pin.neutral(model), 0
    joints = [model.getJointId(name) for name in motion["joints"]]
    for way in ways:
        q = base.copy()
        for joint, position in zip(joints, way):
            place = model.idx_qs[joint]
            if model.nqs[joint] == 2:
                q[place], q[place + 1] = np.cos(position), np.sin(position)
            else:
                q[place] = position
        hits += pin.computeCollisions(model, data, geometry, geometry_data, q, True)
    if hits > 0:
        problems.append(f"collides in {hits} of {len(ways)} samples")
    return len(ways), problems


def main():
    known, count = {}, {}
    for text in pathlib.Path(sys.argv[1]).read_text().splitlines():
        line = json.loads(text)
        name = pathlib.Path(line["file"]).stem
        of = count.setdefault(name, {"problems": 0, "paths": 0, "samples": 0, "wrong": 0})
        of["problems"] += 1
        if line["motion"] is None:
            continue
        samples, problems = verify(line, known)
        of["paths"] += 1
        of["samples"] += samples
        if problems:
            of["wrong"] += 1
            print(f"{name}: problem {of['problems']} {', '.join(problems)}")
    for name, of in count.items():
        print(
            f"{name}: {of['paths']} paths of {of['problems']} problems, {of['samples']} samples; {of['wrong']} paths are wrong"
        )
    sys.exit(0 if count and all(of["wrong"] == 0 for of in count.values()) else 1)


if __name__ == "__main__":
    main()
