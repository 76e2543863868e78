"""Compares our URDF reader and forward kinematics with pinocchio, for every given URDF.

    python compare-kinematics.py [--states 100] [FILE.urdf …]

Without files: every URDF of the example-robot-data package. Needs PyPI `pin` (and `example-robot-data`),
and a build of this project (`npm run build`). For each robot it draws random states by joint name, lets
`kinematics-of.mjs` compute all link poses with our code, and prints the worst of
max |a - b| / (1 + |b|) over positions and rotation matrices. Exit code 1 when any exceeds 1e-12 or when
pinocchio loads a robot that we refuse.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from oracle import all_robots, compared_links, link_placements, random_state, load, shared_joints

HERE = pathlib.Path(__file__).parent
TOLERANCE = 1e-12


def compare(path, states, seed):
    try:
        model = load(path, mimic=False)
    except Exception as error:  # pinocchio raises several kinds
        return "not loaded by pinocchio: " + str(error).strip().splitlines()[0], None, True
    # Joints that follow another are independent here on pinocchio's side: set them by our law.
    random = np.random.default_rng(seed)
    request = {"file": str(path), "states": [random_state(model, random) for _ in range(states)]}
    answer = subprocess.run(
        ["node", str(HERE / "kinematics-of.mjs")], input=json.dumps(request), capture_output=True, text=True
    )
    if answer.returncode != 0:
        return "refused by us: " + answer.stderr.strip().splitlines()[0], None, False
    ours = json.loads(answer.stdout)
    worst = 0.0
    names = compared_links(model)
    for state, poses, positions in zip(request["states"], ours["poses"], ours["positions"], strict=True):
        joints = {**state, **shared_joints(model, positions)}
        for name, placement in link_placements(model, joints, names).items():
            a = np.array(poses[name])
            b = np.concatenate([placement.rotation.ravel(), placement.translation])
            worst = max(worst, float(np.max(np.abs(a - b) / (1 + np.abs(b)))))
    detail = f"{len(names)} links, nq {model.nq} here, {ours['nq']} with followers resolved"
    missing = set(names) ^ set(ours["poses"][0])
    if missing:
        return f"links differ: {sorted(missing)[:5]}", worst, False
    return detail, worst, worst <= TOLERANCE


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--states", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    fine = True
    worst_of_all = 0.0
    loaded = 0
    for path in options.files or all_robots():
        detail, worst, good = compare(path, options.states, options.seed)
        fine = fine and good
        if worst is not None:
            loaded += 1
            worst_of_all = max(worst_of_all, worst)
        print(f"{'ok ' if good else 'BAD'} {worst if worst is None else f'{worst:.2e}'} {path.name}: {detail}")
    print(f"{loaded} robots, pinocchio {pin.__version__}, worst error {worst_of_all:.2e}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
