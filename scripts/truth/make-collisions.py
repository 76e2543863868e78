"""Distances of placed shapes by coal (PyPI `coal`, once hpp-fcl), beside ours.

    python make-collisions.py [--count 12000] [--write]

Draws pairs of spheres, capsules, boxes, cylinders and hulls in random placements, compares what
`collisions-of.mjs` computes with coal's distance and prints the worst difference by kinds; coal's depth is
checked against the least overlap over many directions where the two differ. With --write a chosen part
goes to test/truth/collisions.json. Exit code 1 when a distance differs by more than 1e-6 m or a depth
by more than 1e-4 m.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

import coal
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from overlap import search_depth

HERE = pathlib.Path(__file__).parent
KINDS = ["sphere", "capsule", "box", "cylinder", "hull"]


def draw_shape(kind, random):
    def size(low=0.02, high=0.6):
        return round(float(random.uniform(low, high)), 4)

    if kind == "sphere":
        return {"kind": kind, "radius": size()}
    if kind in ("capsule", "cylinder"):
        return {"kind": kind, "radius": size(high=0.3), "length": size()}
    if kind == "box":
        return {"kind": kind, "size": [size(), size(), size()]}
    count = int(random.integers(5, 30))
    points = random.normal(size=(count, 3)) * random.uniform(0.05, 0.3, 3)
    if random.random() < 0.3:  # the grid of a CAD part: doubled, collinear and coplanar points
        points = random.integers(-2, 3, (4 * count, 3)) * random.uniform(0.05, 0.2, 3)
    return {"kind": kind, "points": [round(float(value), 4) for value in points.ravel()]}


def coal_shape(shape):
    match shape["kind"]:
        case "sphere":
            return coal.Sphere(shape["radius"])
        case "capsule":
            return coal.Capsule(shape["radius"], shape["length"])
        case "cylinder":
            return coal.Cylinder(shape["radius"], shape["length"])
        case "box":
            return coal.Box(*shape["size"])
    points = coal.StdVec_Vec3s()
    points.extend([*np.array(shape["points"]).reshape(-1, 3)])
    return coal.Convex.convexHull(points, True, "Qt")


def rotation(q):
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def pose_of(numbers):
    return rotation(numbers[3:]), np.array(numbers[:3])


def draw_pose(random, reach):
    q = random.normal(size=4)
    if random.random() < 0.2:  # edges and faces parallel
        q = np.array([[0, 0, 0, 1], [1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 1, 1]][random.integers(4)], float)
    q /= np.linalg.norm(q)
    return [*(round(float(value), 4) for value in random.uniform(-reach, reach, 3)), *map(float, q)]


def draw_case(random, i):
    kinds = KINDS[i % 5], KINDS[(i // 5) % 5]
    a, b = (draw_shape(kind, random) for kind in kinds)
    return {"a": a, "b": b, "poseA": draw_pose(random, 0.35), "poseB": draw_pose(random, 0.35)}


def coal_distance(case):
    request = coal.DistanceRequest()
    request.enable_signed_distance = True
    request.gjk_tolerance = 1e-11
    request.epa_tolerance = 1e-9
    request.gjk_max_iterations = 1000
    request.epa_max_iterations = 1000
    result = coal.DistanceResult()
    placed = []
    for name in "ab":
        pose = case["pose" + name.upper()]
        placed += [coal_shape(case[name]), coal.Transform3s(rotation(pose[3:]), np.array(pose[:3]))]
    return coal.distance(*placed, request, result)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    cases = [draw_case(random, i) for i in range(options.count)]
    answer = subprocess.run(
        ["node", str(HERE / "collisions-of.mjs")], input=json.dumps({"cases": cases}), capture_output=True, text=True
    )
    if answer.returncode != 0:
        sys.exit(answer.stderr)
    ours = json.loads(answer.stdout)
    apart = collections.defaultdict(float)
    deep = collections.defaultdict(float)
    counts = collections.Counter()
    verdicts = 0
    coal_deeper = 0
    bad = []
    chosen = []
    for i, (case, (distance, point1, point2)) in enumerate(zip(cases, ours, strict=True)):
        theirs = coal_distance(case)
        kinds = " ".join(sorted([case["a"]["kind"], case["b"]["kind"]]))
        difference = abs(distance - theirs)
        if (distance <= 0) != (theirs <= 0) and difference > 1e-9:
            verdicts += 1
        gap = abs(np.linalg.norm(np.array(point1) - point2) - abs(distance))
        if distance > 0:
            counts["apart"] += 1
            apart[kinds] = max(apart[kinds], difference)
            if difference > 1e-6 or gap > 1e-9:
                bad.append((i, kinds, distance, theirs, gap))
        else:
            counts["deep"] += 1
            truth = theirs
            if difference > 1e-6:
                # An overlap along any direction bounds the depth from above: the smaller claim must be met by one.
                placed = [(case[name], pose_of(case["pose" + name.upper()])) for name in "ab"]
                truth = -search_depth(placed, random, np.array(point1) - point2)
                if -distance < -theirs - 1e-6:
                    coal_deeper += 1
            deep[kinds] = max(deep[kinds], abs(distance - truth))
            if abs(distance - truth) > 1e-4 or gap > 1e-9:
                bad.append((i, kinds, distance, theirs, truth, gap))
        if difference < 1e-7 and i < 500:
            chosen.append({**case, "distance": float(theirs)})
    for kinds in sorted(apart):
        print(f"{kinds}: apart {apart[kinds]:.1e}, depth {deep[kinds]:.1e}")
    for one in bad[:20]:
        print("BAD", *one)
    print(f"coal {coal.__version__}, {dict(counts)}, worst apart {max(apart.values()):.1e}, worst depth {max(deep.values()):.1e}")
    print(f"{verdicts} verdicts differ; coal's depth is not the least in {coal_deeper}; {len(bad)} bad")
    if options.write:
        text = json.dumps({"coal": coal.__version__, "seed": options.seed, "cases": chosen})
        path = HERE.parent.parent / "test/truth/collisions.json"
        path.write_text(text.replace('{"a"', '\n{"a"') + "\n")
    return 1 if bad or verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
