"""Tries to reach poses that solvePose calls unreachable, and to show each of its reasons wrong.

    python compare-unreachable.py [--count 1000] [--starts 128] [--seed 1]

Our arm, UR5 and Panda, by damped least squares (Sugihara) of numpy from many random starts, on pinocchio's numbers of the chain:

- every refused pose: no start may end there within the limits of the joints;
- "outside_limits": without limits a start must end there, with the named joint beyond its limits;
- "not in that orientation": some start must bring the link to the place, and none to the pose, with or without limits;
- "comes within d": no start may come nearer to the place than d by more than 1 mm;
- "reaches d at most": the place is further than the chain is long.

Needs PyPI `pin` and `example-robot-data`, and a build of this project. Exit code 1 where a reason is wrong.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

import numpy as np
import pinocchio as pin

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from oracle import all_robots

ROOT = HERE.parent.parent
# m and rad: poses a little beyond a limit are missed by micrometres.
NEAR = 1e-6


def rotation_vector(matrix):
    """Of each rotation matrix; exact enough next to pi for a direction to go on in."""
    axis = np.stack(
        [matrix[:, 2, 1] - matrix[:, 1, 2], matrix[:, 0, 2] - matrix[:, 2, 0], matrix[:, 1, 0] - matrix[:, 0, 1]], axis=1
    )
    sine = np.linalg.norm(axis, axis=1) / 2
    angle = np.arctan2(sine, (np.trace(matrix, axis1=1, axis2=2) - 1) / 2)
    return axis * (angle / np.maximum(2 * sine, 1e-12))[:, None]


def damped_step(jacobian, error):
    """Of each start the step of damped least squares, with Sugihara's damping."""
    turned = jacobian.transpose(0, 2, 1)
    damping = 0.05 * np.sum(error * error, axis=1) + 1e-10
    normal = jacobian @ turned + damping[:, None, None] * np.eye(error.shape[1])
    return (turned @ np.linalg.solve(normal, error[:, :, None]))[:, :, 0]


class Chain:
    """The joints between the root and a link, for many configurations at once."""

    def __init__(self, path, link, joints):
        model = pin.buildModelFromUrdf(str(path))
        data = model.createData()
        pin.computeJointJacobians(model, data, pin.neutral(model))
        frame = model.frames[model.getFrameId(link, pin.FrameType.BODY)]
        self.parts, at = [], frame.parentJoint
        while at > 0:
            subspace = pin.getJointJacobian(model, data, at, pin.ReferenceFrame.LOCAL)[:, model.idx_vs[at]]
            self.parts.append((model.names[at], model.jointPlacements[at].homogeneous, subspace))
            at = model.parents[at]
        self.parts.reverse()
        if [name for name, _, _ in self.parts] != joints:
            raise SystemExit(f"{path.name}: another chain than ours: {[name for name, _, _ in self.parts]}, {joints}")
        self.tool = frame.placement.homogeneous
        lower, upper = model.lowerPositionLimit, model.upperPositionLimit
        turns = lambda joint: model.nqs[model.getJointId(joint)] == 2
        place = lambda joint: model.idx_qs[model.getJointId(joint)]
        self.lower = np.array([-np.inf if turns(name) else lower[place(name)] for name in joints])
        self.upper = np.array([np.inf if turns(name) else upper[place(name)] for name in joints])
        self.slides = np.array([np.linalg.norm(subspace[:3]) > 0.5 for _, _, subspace in self.parts])

    def at(self, q):
        """Tool poses (n × 4 × 4) and Jacobians (n × 6 × joints) in the root frame."""
        count = len(q)
        pose, axes = np.tile(np.eye(4), (count, 1, 1)), []
        for i, (_, placement, subspace) in enumerate(self.parts):
            pose = pose @ placement
            axes.append((pose[:, :3, :3] @ subspace[:3], pose[:, :3, :3] @ subspace[3:], pose[:, :3, 3]))
            step = np.tile(np.eye(4), (count, 1, 1))
            if self.slides[i]:
                step[:, :3, 3] = q[:, i, None] * subspace[:3]
            else:
                x, y, z = subspace[3:]
                cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
                sine, cosine = np.sin(q[:, i])[:, None, None], np.cos(q[:, i])[:, None, None]
                step[:, :3, :3] += sine * cross + (1 - cosine) * (cross @ cross)
            pose = pose @ step
        pose = pose @ self.tool
        jacobian = np.zeros((count, 6, len(self.parts)))
        for i, (along, about, origin) in enumerate(axes):
            jacobian[:, :3, i] = along + np.cross(about, pose[:, :3, 3] - origin)
            jacobian[:, 3:, i] = about
        return pose, jacobian

    def solve(self, target, random, starts, *, limited, placed=False):
        """Where all starts end: configurations, distances in m, angles in rad."""
        low, high = np.maximum(self.lower, -np.pi), np.minimum(self.upper, np.pi)
        q = random.uniform(low, high, (starts, len(self.parts)))
        rows = 3 if placed else 6
        for _ in range(120):
            pose, jacobian = self.at(q)
            error = np.zeros((starts, 6))
            error[:, :3] = target[:3, 3] - pose[:, :3, 3]
            error[:, 3:] = rotation_vector(target[:3, :3] @ pose[:, :3, :3].transpose(0, 2, 1))
            e, J = error[:, :rows], jacobian[:, :rows]
            step = damped_step(J, e)
            if limited:
                # A joint at its limit that would go beyond it is left out, and the others make up for it.
                held = ((q <= self.lower) & (step < 0)) | ((q >= self.upper) & (step > 0))
                step = damped_step(np.where(held[:, None, :], 0, J), e)
            q = q + np.clip(step, -0.5, 0.5)
            if limited:
                q = np.clip(q, self.lower, self.upper)
            if np.any(np.linalg.norm(e, axis=1) < NEAR / 10):
                break
        return q, np.linalg.norm(error[:, :3], axis=1), np.linalg.norm(error[:, 3:], axis=1)


def judge(chain, one, random, starts):
    """What is wrong with the answer, or None; and its kind."""
    x, y, z, w = one["quaternion"]
    target = pin.SE3(pin.Quaternion(w, x, y, z).normalized().matrix(), np.array(one["position"])).homogeneous
    _, away, turned = chain.solve(target, random, starts, limited=True)
    if np.any((away < NEAR) & (turned < NEAR)):
        return "it can be reached", "any"
    message = one["message"]
    if one["code"] == "outside_limits":
        q, away, turned = chain.solve(target, random, starts, limited=False)
        there = (away < NEAR) & (turned < NEAR)
        breach = one["breach"]
        is_beyond = breach["value"] < breach["lower"] or breach["value"] > breach["upper"]
        return (None if there.any() and is_beyond else "no way there without limits"), "outside_limits"
    if "at most" in message:
        longest = float(re.search(r"reaches ([0-9.]+) m at most", message)[1])
        return (None if one["away"] > longest - 1e-3 else "it is within the reach"), "too far"
    _, placed, _ = chain.solve(target, random, starts, limited=True, placed=True)
    if "orientation" in message:
        _, away, turned = chain.solve(target, random, starts, limited=False)
        if np.any((away < NEAR) & (turned < NEAR)):
            return "without limits it can be reached", "orientation"
        return (None if placed.min() < NEAR else "the place cannot be reached"), "orientation"
    within = float(re.search(r"within ([0-9.]+) m", message)[1])
    return (None if placed.min() > within - 1e-3 else f"comes within {placed.min():.4f} m"), "place"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--starts", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    known = {path.name: path for path in all_robots()}
    robots = [(ROOT / "urdf/arm.urdf", "tool0"), (known["ur5_robot.urdf"], "tool0"), (known["panda.urdf"], "panda_hand_tcp")]
    fine = True
    for path, link in robots:
        request = {"file": str(path), "link": link, "count": options.count, "seed": options.seed}
        answer = subprocess.run(
            ["node", str(HERE / "unreachable-of.mjs")], input=json.dumps(request), capture_output=True, text=True, check=True
        )
        *ones, summary = [json.loads(line) for line in answer.stdout.splitlines()]
        chain, random = Chain(path, link, summary["joints"]), np.random.default_rng(options.seed)
        kinds, wrong = collections.Counter(), []
        for one in ones:
            fault, kind = judge(chain, one, random, options.starts)
            kinds[kind] += 1
            if fault is not None:
                wrong.append((fault, one))
        fine = fine and not wrong
        print(
            f"{'ok ' if not wrong else 'BAD'} {path.stem}: {summary['asked']} random poses, {summary['reached']} reached, "
            f"{len(ones)} refused: {dict(kinds)}; {len(wrong)} reasons are wrong",
            flush=True,
        )
        for fault, one in wrong[:5]:
            print(f"    {fault}: {one['message']} {json.dumps(one)}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
