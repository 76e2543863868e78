"""Compares self-collision of whole robots with pinocchio's and coal's, over the same pairs of links.

    python compare-collisions.py [--states 500] [--all] [NAME.urdf …]

Robots of example-robot-data, by default UR5, Panda and Talos reduced. Meshes are taken by their convex hulls on
both sides. For each robot, states are drawn within the joints' limits; per state and pair of links the verdict and the
distance are compared. Of two depths the smaller is the truer if a direction has it (overlap.py). Needs PyPI
`pin` and `example-robot-data`, and a build of this project. Exit code 1 when a verdict differs by more than
1e-4 m from contact, a distance by more than 1e-6 m, or when our depth is more than coal's by more than 1e-4 m.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from oracle import all_robots, configuration, joint_kind, shared_joints

from overlap import search_depth

HERE = pathlib.Path(__file__).parent
CONTACT = 1e-4


def draw_state(model, random):
    state = {}
    for index in range(1, model.njoints):
        kind = joint_kind(model, index)
        if model.nvs[index] != 1 or kind.startswith("Mimic"):
            continue
        at = model.idx_qs[index]
        low, high = (-np.pi, np.pi)
        if model.nqs[index] == 1:
            low, high = model.lowerPositionLimit[at], model.upperPositionLimit[at]
        if not np.isfinite([low, high]).all() or low > high:
            low, high = -np.pi, np.pi
        state[model.names[index]] = [float(random.uniform(low, high))]
    return state


def geometry_of(model, path, packages):
    geometry = pin.buildGeomFromUrdf(model, str(path), pin.GeometryType.COLLISION, package_dirs=[str(packages)])
    for one in geometry.geometryObjects:
        if hasattr(one.geometry, "buildConvexHull"):
            one.geometry.buildConvexHull(True, "Qt")
            one.geometry = one.geometry.convex
    return geometry


def described(geometry):
    """A coal shape as overlap.py wants it."""
    kind = type(geometry).__name__.lower()
    if kind == "sphere":
        return {"kind": kind, "radius": geometry.radius}
    if kind in ("cylinder", "capsule"):
        return {"kind": kind, "radius": geometry.radius, "length": 2 * geometry.halfLength}
    if kind == "box":
        return {"kind": kind, "size": 2 * np.array(geometry.halfSide)}
    return {"kind": "hull", "points": np.array([geometry.point(i) for i in range(geometry.num_points)]).ravel()}


def least_overlap(geometry, placements, pairs, random):
    """Depth of the deepest of the pairs of shapes, by overlap.py."""
    deepest = -np.inf
    for pair in pairs:
        placed = [
            (described(geometry.geometryObjects[i].geometry), (placements[i].rotation, placements[i].translation))
            for i in (pair.first, pair.second)
        ]
        deepest = max(deepest, search_depth(placed, random))
    return deepest


def compare(path, packages, srdf, states, seed):
    model = pin.buildModelFromUrdf(str(path))
    geometry = geometry_of(model, path, packages)
    random = np.random.default_rng(seed)
    request = {
        "file": str(path),
        "srdf": None if srdf is None else str(srdf),
        "packages": str(packages),
        "states": [draw_state(model, random) for _ in range(states)],
    }
    answer = subprocess.run(
        ["node", str(HERE / "robot-collisions-of.mjs")], input=json.dumps(request), capture_output=True, text=True
    )
    if answer.returncode != 0:
        return "failed: " + answer.stderr.strip()[-600:], False
    ours = json.loads(answer.stdout)
    if not ours["pairs"]:
        return f"no pairs ({len(ours['findings'])} findings)", True
    links = [model.frames[one.parentFrame].name for one in geometry.geometryObjects]
    rank = {frozenset(pair): i for i, pair in enumerate(ours["pairs"])}
    pair_of = []
    for i, first in enumerate(links):
        for j in range(i + 1, len(links)):
            pair = rank.get(frozenset([first, links[j]])) if first != links[j] else None
            if pair is not None:
                geometry.addCollisionPair(pin.CollisionPair(i, j))
                pair_of.append(pair)
    pair_of = np.array(pair_of)
    data = model.createData()
    geometry_data = geometry.createData()
    for one in geometry_data.distanceRequests:
        one.enable_signed_distance = True
        one.gjk_tolerance = one.epa_tolerance = 1e-9
        one.gjk_max_iterations = one.epa_max_iterations = 1000
    apart = deep = excess = 0.0
    doubted = failed = colliding = differ = near = missing = smaller = larger = 0
    if set(pair_of) != set(range(len(ours["pairs"]))):
        missing = len(ours["pairs"]) - len(set(pair_of))
    for state, one in zip(request["states"], ours["states"], strict=True):
        q = configuration(model, {**state, **shared_joints(model, one["positions"])})
        pin.computeDistances(model, data, geometry, geometry_data, q)
        theirs = np.full(len(ours["pairs"]), np.inf)
        np.minimum.at(theirs, pair_of, [result.min_distance for result in geometry_data.distanceResults])
        distances = np.array(one["distances"])
        colliding += int((distances <= 0).any())
        wrong = (distances <= 0) != (theirs <= 0)
        close = np.abs(distances) <= CONTACT
        differ += int((wrong & ~close).sum())
        near += int((wrong & close).sum())
        difference = np.abs(distances - theirs)
        free = (distances > 0) & (theirs > 0)
        apart = max(apart, float(difference[free].max(initial=0)))
        both = (distances <= 0) & (theirs <= 0)
        # Where coal's search for the depth fails it gives the largest double.
        failed += int((both & (theirs < -1e3)).sum())
        both &= theirs > -1e3
        deep = max(deep, float(difference[both].max(initial=0)))
        for pair in np.flatnonzero(both & (distances < theirs - CONTACT)):
            # coal's shallower depth counts only if a direction has it.
            shapes = [geometry.collisionPairs[int(i)] for i in np.flatnonzero(pair_of == pair)]
            theirs[pair] = -least_overlap(geometry, geometry_data.oMg, shapes, random)
            doubted += 1
        excess = max(excess, float((theirs - distances)[both].max(initial=0)))
        smaller += int((both & (distances > theirs + 1e-6)).sum())
        larger += int((both & (distances < theirs - 1e-6)).sum())
    text = (
        f"{len(ours['pairs'])} pairs, {states} states, {colliding} in collision: verdicts of pairs differ {differ} "
        f"(at contact ± 1e-4: {near}), distance {apart:.1e}, depth {deep:.1e} (ours less {smaller}, more {larger} times, by {excess:.1e}; none by coal {failed}, too shallow by coal {doubted}), "
        f"{missing} pairs missing there, {len(ours['findings'])} findings {ours['refusals'][:2]}"
    )
    return text, differ == 0 and apart <= 1e-6 and excess <= CONTACT


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--states", type=int, default=500)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("names", nargs="*", default=["ur5_robot.urdf", "panda.urdf", "talos_reduced.urdf"])
    options = parser.parse_args()
    fine = True
    for path in all_robots():
        if not options.all and path.name not in options.names:
            continue
        packages = next(parent for parent in path.parents if parent.name == "example-robot-data").parent
        try:
            detail, good = compare(path, packages, None, options.states, options.seed)
        except Exception as error:  # pinocchio raises several kinds
            detail, good = "not loaded by pinocchio: " + str(error).strip().splitlines()[0][:200], True
        fine = fine and good
        print(f"{'ok ' if good else 'BAD'} {path.name}: {detail}", flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
