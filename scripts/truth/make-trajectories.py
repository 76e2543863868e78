"""Jerk-limited motions with PyPI `ruckig` as the oracle.

    python make-trajectories.py                    writes test/truth/trajectories.json, a chosen part
    python make-trajectories.py --compare [COUNT]  compares COUNT (100,000) cases of one joint, and a tenth as
                                                   many of seven joints, with a build of this project

Every case is drawn from a kind that names what is special about it. Starts may lie outside the limits;
targets are within them and reachable from within. Demanded: durations equal to 1e-8 s, ends met and limits
held to 1e-9. Exit code 1 when a case exceeds that. A duration below the oracle's is no fault, since the motion
itself is checked: where start and target lie on one motion to the last digit, ruckig may take a detour. Such
cases are counted. Where a joint starts on a known fastest motion, what is left of that is the truth, and no
time where it starts in its target.
"""

import argparse
import collections
import json
import os
import pathlib
import struct
import subprocess
import sys
from importlib.metadata import version

import numpy as np
from ruckig import InputParameter, Result, Ruckig, RuckigError, Synchronization, Trajectory

HERE = pathlib.Path(__file__).parent
TRUTH = HERE.parents[1] / "test" / "truth" / "trajectories.json"
JOINTS = 7
# A joint's numbers in this order, in the file and to our side.
FIELDS = "p0 v0 a0 pf vf af velocity acceleration jerk minVelocity minAcceleration".split()


def fits(v, a, vmax, vmin, jerk):
    """Whether a target is reachable from within the limits of velocity."""
    before = v - a * abs(a) / (2 * jerk)
    return vmin <= v <= vmax and vmin <= before <= vmax


def stays(v, a, vmax, vmin, jerk):
    after = v + a * abs(a) / (2 * jerk)
    return vmin <= v <= vmax and vmin <= after <= vmax


def drawn(random, vmin, vmax, amin, amax, jerk, test):
    while True:
        v, a = random.uniform(vmin, vmax), random.uniform(amin, amax)
        if test(v, a, vmax, vmin, jerk):
            return v, a
        amin, amax = amin * 0.9, amax * 0.9


def limits_of(random, symmetric):
    velocity, acceleration = np.exp(random.uniform(-1.6, 1.6, 2))
    jerk = np.exp(random.uniform(-1.0, 3.5))
    if symmetric:
        return velocity, acceleration, jerk, -velocity, -acceleration
    return velocity, acceleration, jerk, -velocity * random.uniform(0.3, 3), -acceleration * random.uniform(0.3, 3)


def joint_of(kind, random):
    """A joint's numbers, and the time its fastest motion takes where that is known without the oracle."""
    known = 0.0 if kind == "equal states" else None
    vmax, amax, jerk, vmin, amin = limits_of(random, kind != "uneven limits")
    v0, a0 = drawn(random, vmin, vmax, amin, amax, jerk, stays)
    vf, af = drawn(random, vmin, vmax, amin, amax, jerk, fits)
    p0 = random.uniform(-3, 3)
    distance = random.normal() * np.exp(random.uniform(-4, 2))
    if kind == "rest to rest":
        v0 = a0 = vf = af = 0.0
    elif kind == "to rest":
        vf = af = 0.0
    elif kind == "without acceleration":
        a0 = af = 0.0
    elif kind == "no distance":
        distance = 0.0
    elif kind == "equal states":
        v0, a0, distance = vf, af, 0.0
        if not stays(v0, a0, vmax, vmin, jerk):
            a0 = af = 0.0
    elif kind == "limits touched":
        sign = random.choice([-1, 1])
        choice = random.integers(4)
        if choice == 0:
            v0, a0 = sign * vmax, 0.0
        elif choice == 1:
            vf, af = sign * vmax, 0.0
        elif choice == 2:
            a0 = sign * min(amax, np.sqrt(2 * jerk * vmax))
            v0 = sign * (vmax - a0 * a0 / (2 * jerk))
        else:
            v0, a0, vf, af = sign * vmax, 0.0, sign * random.choice([-1, 1]) * vmax, 0.0
    elif kind == "round numbers":
        jerk, amax, vmax = (float(random.choice([0.5, 1, 2])) for _ in range(3))
        amin, vmin = -amax, -vmax
        grid = [-1, -0.5, 0, 0.5, 1]
        while True:
            v0, vf = (vmax * float(random.choice(grid)) for _ in range(2))
            a0, af = (amax * float(random.choice(grid)) for _ in range(2))
            if stays(v0, a0, vmax, vmin, jerk) and fits(vf, af, vmax, vmin, jerk):
                break
        p0, distance = 0.0, float(random.choice([-4, -1, -0.5, 0, 0.25, 1, 3]))
    elif kind == "start outside":
        v0, a0 = random.uniform(2 * vmin, 2 * vmax), random.uniform(2 * amin, 2 * amax)
    elif kind == "on the way":
        # A start that another motion passes: what a robot asked again meets.
        begin = [p0, v0, a0, p0 + distance, vf, af, vmax, amax, jerk, vmin, amin]
        whole = solve([begin])
        if whole is not None:
            passed = whole.duration * random.uniform(0, 0.95)
            p0, v0, a0 = (float(x[0]) for x in whole.at_time(passed))
            known, end = whole.duration - passed, begin[3]
            # A start that rushes past the top velocity on its way to a target counts as outside the limits and
            # is braked first, by ruckig as by us.
            if not stays(v0, a0, vmax * (1 - 1e-9), vmin * (1 - 1e-9), jerk):
                return joint_of(kind, random)
            return [p0, v0, a0, end, *(float(x) for x in (vf, af, vmax, amax, jerk, vmin, amin))], known
    return [float(x) for x in (p0, v0, a0, p0 + distance, vf, af, vmax, amax, jerk, vmin, amin)], known


KINDS = [
    "any",
    "rest to rest",
    "to rest",
    "without acceleration",
    "uneven limits",
    "no distance",
    "equal states",
    "limits touched",
    "round numbers",
    "start outside",
    "on the way",
]


def solve(joints):
    """The oracle's trajectory; None when it finds none."""
    n = len(joints)
    columns = dict(zip(FIELDS, map(list, zip(*joints)), strict=True))
    task = InputParameter(n)
    task.current_position, task.current_velocity, task.current_acceleration = (columns[f] for f in ("p0", "v0", "a0"))
    task.target_position, task.target_velocity, task.target_acceleration = (columns[f] for f in ("pf", "vf", "af"))
    task.max_velocity, task.max_acceleration, task.max_jerk = (columns[f] for f in ("velocity", "acceleration", "jerk"))
    task.min_velocity, task.min_acceleration = columns["minVelocity"], columns["minAcceleration"]
    task.synchronization = Synchronization.Time
    trajectory = Trajectory(n)
    try:
        result = Ruckig(n).calculate(task, trajectory)
    except RuckigError:
        return None
    return trajectory if result == Result.Working else None


def duration_apart(joints):
    """The oracle's duration, asked in a process of its own; None when it finds none or dies, as ruckig 0.19.4
    does for some motions of round numbers."""
    read, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        trajectory = solve(joints)
        if trajectory is not None:
            os.write(write_end, struct.pack("d", trajectory.duration))
        os._exit(0)
    os.close(write_end)
    answer = os.read(read, 8)
    os.close(read)
    os.waitpid(child, 0)
    return struct.unpack("d", answer)[0] if answer else None


def cases(random, count, joints):
    """`count` cases with the oracle's duration, and how many it could not solve, by kind."""
    found, unsolved = [], collections.Counter()
    for i in range(count):
        kind = KINDS[i % len(KINDS)]
        case, known = zip(*(joint_of(kind, random) for _ in range(joints)), strict=True)
        if kind == "round numbers":
            duration = duration_apart(case)
        else:
            trajectory = solve(case)
            duration = None if trajectory is None else trajectory.duration
        if duration is None:
            unsolved[kind] += 1
            continue
        if all(time is not None for time in known) and (joints == 1 or max(known) == 0):
            duration = known[0]
        found.append({"kind": kind, "joints": list(case), "duration": duration})
    return found, unsolved


def compare(count, seed):
    random = np.random.default_rng(seed)
    fine = True
    for joints, number in ((1, count), (JOINTS, count // 10)):
        found, unsolved = cases(random, number, joints)
        answer = subprocess.run(
            ["node", str(HERE / "trajectories-of.mjs")],
            input=json.dumps([case["joints"] for case in found]),
            capture_output=True,
            text=True,
            check=True,
        )
        by_kind = collections.defaultdict(list)
        for case, ours in zip(found, json.loads(answer.stdout), strict=True):
            by_kind[case["kind"]].append((ours["duration"] - case["duration"], ours, case))
        print(f"{joints} joint(s): {len(found)} cases, {dict(unsolved)} not solved by ruckig {version('ruckig')}")
        for kind, rows in by_kind.items():
            shorter = sum(row[0] < -1e-8 for row in rows)
            off = [row for row in rows if not row[0] <= 1e-8]
            worst = max([abs(row[0]) for row in rows if abs(row[0]) <= 1e-8], default=0)
            end = max(row[1]["end"] for row in rows)
            over = max(row[1]["over"] for row in rows)
            good = not off and end <= 1e-9 and over <= 1e-9
            fine = fine and good
            print(
                f"{'ok ' if good else 'BAD'} {kind}: {len(rows)}, {len(off)} longer, {shorter} shorter by more than"
                f" 1e-8 s, others off by {worst:.1e} s, jumps {end:.1e}, limits passed by {over:.1e}"
            )
            for row in off[:3]:
                print("   ", row[0], json.dumps(row[2]))
    return 0 if fine else 1


def write(seed):
    random = np.random.default_rng(seed)
    single, _ = cases(random, 330, 1)
    several, _ = cases(random, 55, JOINTS)
    truth = {
        "about": "joints in rows of `fields`, SI; the shortest (synchronised) duration in s; made by scripts/truth/make-trajectories.py",
        "versions": {"ruckig": version("ruckig"), "numpy": np.__version__},
        "fields": FIELDS,
        "cases": single + several,
    }
    TRUTH.write_text(json.dumps(truth, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compare", type=int, nargs="?", const=100_000)
    parser.add_argument("--seed", type=int, default=20261123)
    options = parser.parse_args()
    if options.compare is not None:
        return compare(options.compare, options.seed)
    write(options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
