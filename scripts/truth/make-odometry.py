"""Writes test/truth/odometry.json: planar motion and wheels by other means than ours.

    python make-odometry.py        (needs numpy and scipy)

Poses: scipy's matrix exponential of the planar twist. Wheels: each from the velocity of its centre as a
rigid body's in three dimensions, and back by numpy's pseudo-inverse. Steered wheels: from the centre of
rotation.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.linalg import expm

TRUTH = pathlib.Path(__file__).parents[2] / "test" / "truth" / "odometry.json"


def pose_matrix(x, y, yaw):
    return np.array([[np.cos(yaw), -np.sin(yaw), x], [np.sin(yaw), np.cos(yaw), y], [0, 0, 1]])


def arcs(random):
    """Start pose, twist, seconds, and the pose after: x, y, cosine and sine of yaw."""
    rows = []
    for i in range(200):
        start = [*random.uniform(-5, 5, 2), random.uniform(-3, 3)]
        turn = random.choice([0.0, *(random.choice([-1, 1]) * 10.0 ** random.uniform(-12, 0.5, 3))])
        dt = 10.0 ** random.uniform(-3, 0.3)
        twist = [*random.uniform(-2, 2, 2), turn / dt]
        generator = np.array([[0, -twist[2], twist[0]], [twist[2], 0, twist[1]], [0, 0, 0]])
        end = pose_matrix(*start) @ expm(generator * dt)
        rows.append({"start": start, "twist": twist, "dt": dt, "end": [end[0, 2], end[1, 2], end[0, 0], end[1, 0]]})
    return rows


def velocity_at(twist, x, y):
    return (np.array([twist[0], twist[1], 0]) + np.cross([0, 0, twist[2]], [x, y, 0]))[:2]


def rolling(random):
    """Wheels x, y, roll direction (rad), radius, grip angle (rad); twist; speeds; and the best twist of disturbed speeds."""
    rows = []
    for i in range(60):
        kind = ["omni", "mecanum", "differential"][i % 3]
        count = {"omni": int(random.integers(3, 7)), "mecanum": 4, "differential": int(random.integers(1, 4)) * 2}[kind]
        wheels = []
        for k in range(count):
            if kind == "omni":
                wheels.append([*random.uniform(-1, 1, 2), random.uniform(-3, 3), random.uniform(0.03, 0.3), 0.0])
            elif kind == "mecanum":
                x, y = (1 if k < 2 else -1) * random.uniform(0.2, 0.6), (1 if k % 2 == 0 else -1) * random.uniform(0.2, 0.6)
                wheels.append([x, y, 0.0, 0.1, (-1 if x * y > 0 else 1) * np.pi / 4])
            else:
                wheels.append([0.0, (1 if k % 2 == 0 else -1) * random.uniform(0.1, 0.6), 0.0, random.uniform(0.05, 0.2), 0.0])
        twist = random.uniform(-2, 2, 3)
        if kind == "differential":
            twist[1] = 0
        columns = [0, 2] if kind == "differential" else [0, 1, 2]
        jacobian = np.zeros((count, 3))
        for c in columns:
            unit = np.eye(3)[c]
            for k, (x, y, roll, radius, grip) in enumerate(wheels):
                along = np.array([np.cos(roll + grip), np.sin(roll + grip)])
                jacobian[k, c] = velocity_at(unit, x, y) @ along / (radius * np.cos(grip))
        disturbed = jacobian @ twist + random.normal(size=count) * 0.1
        best = np.zeros(3)
        best[columns] = np.linalg.pinv(jacobian[:, columns]) @ disturbed
        rows.append(
            {
                "kind": kind,
                "wheels": wheels,
                "twist": twist.tolist(),
                "speeds": (jacobian @ twist).tolist(),
                "disturbed": disturbed.tolist(),
                "best": best.tolist(),
            }
        )
    return rows


def steered(random):
    """Wheels x, y, radius, steered or not; twist of the fixed axle's middle; speeds and steering about the centre."""
    rows = []
    for i in range(60):
        axle, length, track = random.uniform(-0.5, 0.5), random.choice([-1, 1]) * random.uniform(0.3, 3), random.uniform(0.2, 1.5)
        fixed = [[axle, side * track / 2, 0.1, False] for side in (1, -1)]
        front = [[axle + length, side * track / 2, 0.12, True] for side in ((0,) if i % 2 else (1, -1))]
        radius = random.choice([-1, 1]) * random.uniform(abs(length) + track, 8)
        velocity = random.choice([-1, 1]) * random.uniform(0.1, 3)
        turn = velocity / radius
        speeds, steering = [], []
        for x, y, wheel_radius, steers in fixed + front:
            # Seen from the centre of rotation at (axle, radius) the wheel moves at right angles to its arm.
            arm = np.array([x - axle, y - radius])
            motion = turn * np.array([-arm[1], arm[0]])
            forwards = np.sign(motion[0])
            speeds.append(forwards * np.linalg.norm(motion) / wheel_radius)
            steering.append(np.arctan(motion[1] / motion[0]) if steers else 0.0)
        rows.append({"wheels": fixed + front, "axle": axle, "twist": [velocity, turn], "speeds": speeds, "steering": steering})
    return rows


def main():
    random = np.random.default_rng(20261123)
    truth = {
        "about": "planar arcs and wheel speeds, SI, angles in rad; made by scripts/truth/make-odometry.py",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "arcs": arcs(random),
        "rolling": rolling(random),
        "steered": steered(random),
    }
    TRUTH.write_text(json.dumps(truth, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
