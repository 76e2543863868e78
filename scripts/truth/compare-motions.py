"""Looks at random joint moves with pinocchio and coal, every millisecond, and compares with what the command gate says of them.

    python compare-motions.py [--moves 10000] [--seed 1]

The demo's rover with its SRDF, and UR5 and Panda of example-robot-data. A move that the gate accepts must be free of
self-collision at each millisecond; of one that it refuses coal must find the named pair in collision within a tenth of a
millimetre at the named time. Needs PyPI `pin` and `example-robot-data`, and a build of this project. Exit code 1 otherwise.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pinocchio as pin

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from oracle import all_robots, configuration, shared_joints

ROOT = HERE.parent.parent


def geometry_of(model, path, packages, pairs):
    geometry = pin.buildGeomFromUrdf(model, str(path), pin.GeometryType.COLLISION, package_dirs=[str(packages)])
    for one in geometry.geometryObjects:
        if hasattr(one.geometry, "buildConvexHull"):
            one.geometry.buildConvexHull(True, "Qt")
            one.geometry = one.geometry.convex
    wanted = {frozenset(pair) for pair in pairs}
    links = [model.frames[one.parentFrame].name for one in geometry.geometryObjects]
    names = []
    for i, first in enumerate(links):
        for j in range(i + 1, len(links)):
            if frozenset([first, links[j]]) in wanted and first != links[j]:
                geometry.addCollisionPair(pin.CollisionPair(i, j))
                names.append(frozenset([first, links[j]]))
    return geometry, names


def states(bends, times):
    """Position, velocity, acceleration, jerk of one joint at rising times from its bends: time and the same."""
    bends = np.array(bends)
    at = np.clip(np.searchsorted(bends[:, 0], times, side="right") - 1, 0, len(bends) - 1)
    t = times - bends[at, 0]
    t[at == len(bends) - 1] = 0
    p, v, a, j = bends[at, 1], bends[at, 2], bends[at, 3], bends[at, 4]
    return p + t * (v + t * (a / 2 + t * j / 6)), v + t * (a + t * j / 2), a + t * j, j


def sampled(bends, times):
    """Positions of one joint at rising times from its bends."""
    return states(bends, times)[0]


def compare(path, packages, srdf, moves, seed):
    request = {"file": str(path), "srdf": srdf, "packages": str(packages), "moves": moves, "seed": seed}
    helper = subprocess.Popen(
        ["node", str(HERE / "motions-of.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    helper.stdin.write(json.dumps(request))
    helper.stdin.close()
    pairs = json.loads(helper.stdout.readline())["pairs"]
    model = pin.buildModelFromUrdf(str(path))
    geometry, names = geometry_of(model, path, packages, pairs)
    data, geometry_data = model.createData(), geometry.createData()
    for one in geometry_data.distanceRequests:
        one.enable_signed_distance = True
        one.gjk_tolerance = one.epa_tolerance = 1e-9
        one.gjk_max_iterations = one.epa_max_iterations = 1000
    accepted = refused = wrong = unconfirmed = portions = most = 0
    for line in helper.stdout:
        move = json.loads(line)
        portions += move["portions"]
        most = max(most, move["portions"])
        duration = max(bends[-1][0] for bends in move["moved"].values())
        base = configuration(model, {**{k: [v] for k, v in move["others"].items()}, **shared_joints(model, move["others"])})
        places = {name: model.idx_qs[model.getJointId(name)] for name in move["moved"]}

        def at(times):
            q = np.tile(base, (len(times), 1))
            for name, bends in move["moved"].items():
                joint = model.getJointId(name)
                positions = sampled(bends, times)
                if model.nqs[joint] == 2:
                    q[:, places[name]], q[:, places[name] + 1] = np.cos(positions), np.sin(positions)
                else:
                    q[:, places[name]] = positions
                for follower, (multiplier, offset) in followers(path, model).get(name, {}).items():
                    q[:, model.idx_qs[model.getJointId(follower)]] = multiplier * positions + offset
            return q

        if move["hit"] is None:
            accepted += 1
            for q in at(np.arange(0, duration, 0.001)):
                if pin.computeCollisions(model, data, geometry, geometry_data, q, True):
                    wrong += 1
                    break
            continue
        refused += 1
        hit = move["hit"]
        (q,) = at(np.array([hit["time"]]))
        pin.computeDistances(model, data, geometry, geometry_data, q)
        pair = frozenset([hit["link1"], hit["link2"]])
        least = min(
            (r.min_distance for r, name in zip(geometry_data.distanceResults, names, strict=True) if name == pair),
            default=np.inf,
        )
        if least > 1e-4:
            unconfirmed += 1
    if helper.wait() != 0:
        return "the helper failed", False
    text = (
        f"{len(pairs)} pairs of links, {accepted} moves accepted of which {wrong} collide, "
        f"{refused} refused of which {unconfirmed} pairs are not confirmed; "
        f"{portions / (accepted + refused):.2f} portions a move, at most {most}"
    )
    return text, wrong == 0 and unconfirmed == 0


FOLLOWERS = {}


def followers(path, model):
    """By master: what follows it, with multiplier and offset, where pinocchio gives the follower a q of its own."""
    if path not in FOLLOWERS:
        import xml.etree.ElementTree as tree

        found = {}
        for joint in tree.parse(path).getroot().iter("joint"):
            mimic = joint.find("mimic")
            if mimic is None or not model.existJointName(joint.get("name")):
                continue
            if model.nqs[model.getJointId(joint.get("name"))] == 0:
                continue
            rule = (float(mimic.get("multiplier", 1)), float(mimic.get("offset", 0)))
            found.setdefault(mimic.get("joint"), {})[joint.get("name")] = rule
        FOLLOWERS[path] = found
    return FOLLOWERS[path]


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--moves", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("names", nargs="*", default=["rover.urdf", "ur5_robot.urdf", "panda.urdf"])
    options = parser.parse_args()
    fine = True
    known = {path.name: path for path in all_robots()}
    for name in options.names:
        own = ROOT / "urdf" / name
        path = own if own.exists() else known[name]
        packages = next((p for p in path.parents if p.name == "example-robot-data"), ROOT).parent
        srdf = own.with_suffix(".srdf")
        text, good = compare(path, packages, str(srdf) if own.exists() and srdf.exists() else None, options.moves, options.seed)
        fine = fine and good
        print(f"{'ok ' if good else 'BAD'} {name}: {text}", flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
