"""Times a synchronised plan of seven joints: ruckig's C++ and our built dist/, the same tasks in the same run.

    python bench-trajectories.py        (needs PyPI `ruckig` and `npm run build`)

Prints the mean time of a call in µs. Ruckig's includes its Python binding's call, about half a microsecond.
"""

import importlib.util
import json
import pathlib
import subprocess
import time

import numpy as np
from ruckig import InputParameter, Ruckig, Synchronization, Trajectory

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("trajectories", HERE / "make-trajectories.py")
trajectories = importlib.util.module_from_spec(spec)
spec.loader.exec_module(trajectories)

TASKS = 2000
ROUNDS = 10
JOINTS = 7


def ruckig_time(cases):
    tasks = []
    for joints in cases:
        columns = list(zip(*joints, strict=True))
        task = InputParameter(JOINTS)
        task.current_position, task.current_velocity, task.current_acceleration = columns[0:3]
        task.target_position, task.target_velocity, task.target_acceleration = columns[3:6]
        task.max_velocity, task.max_acceleration, task.max_jerk = columns[6:9]
        task.min_velocity, task.min_acceleration = columns[9:11]
        task.synchronization = Synchronization.Time
        tasks.append(task)
    otg, trajectory = Ruckig(JOINTS), Trajectory(JOINTS)
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for task in tasks:
            otg.calculate(task, trajectory)
        best = min(best, time.perf_counter() - began)
    return best / TASKS * 1e6


def main():
    for kind in ("rest to rest", "to rest", "any"):
        random = np.random.default_rng(3)
        cases = [[trajectories.joint_of(kind, random)[0] for _ in range(JOINTS)] for _ in range(TASKS)]
        theirs = ruckig_time(cases)
        answer = subprocess.run(
            ["node", str(HERE / "trajectory-speed.mjs")],
            input=json.dumps({"cases": cases, "rounds": ROUNDS}),
            capture_output=True,
            text=True,
            check=True,
        )
        print(f"{kind}, {JOINTS} joints: ruckig {theirs:.1f} µs, ours {float(answer.stdout):.1f} µs")


if __name__ == "__main__":
    main()
