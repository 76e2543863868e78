"""Looks at random joint moves among random objects with pinocchio and coal, every millisecond, beside what the gate says.

    python compare-scenes.py [--scenes 20] [--moves 20] [--seed 1] [--step 0.001] [--robot arm] [--each] [--write]

Our arm, UR5 and Panda. In five states a scene every distance of a link and an object must be coal's within 1e-6 m where they
are apart, and the verdict the same. A move that the gate accepts must be free of collision at each step, with itself and the
objects, and within its limits of position, velocity, acceleration and jerk; of one that it refuses coal must find the named pair
within the margin of 10 mm at the named time. Needs PyPI `pin` and `example-robot-data`, and a build of this project
(`npx tsc -b tsconfig.build.json`). Exit code 1 otherwise.

A step is not looked at where it cannot collide: after coal's distance d of a pair, no point of the one can come nearer to the
other before the joints between them have moved their greatest reach by d. With --each every step is looked at besides, and both
must say the same.
With --write coal's distances of the first scenes of our arm go to test/truth/scenes.json.
"""

import argparse
import importlib
import json
import pathlib
import subprocess
import sys

import coal
import numpy as np
import pinocchio as pin

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from free_motion import FreeMotion
from oracle import all_robots, configuration, shared_joints

motions = importlib.import_module("compare-motions")
ROOT = HERE.parent.parent
MARGIN = 0.01
RATES = ("velocity", "acceleration", "jerk")


def shape_of(geometry, points):
    match geometry["kind"]:
        case "box":
            return coal.Box(*geometry["size"])
        case "cylinder":
            return coal.Cylinder(geometry["radius"], geometry["length"])
        case "capsule":
            return coal.Capsule(geometry["radius"], geometry["length"])
        case "sphere":
            return coal.Sphere(geometry["radius"])
        case "plane":
            return coal.Halfspace(np.array([0.0, 0.0, 1.0]), 0.0)
    vertices = coal.StdVec_Vec3s()
    vertices.extend([*np.array(points).reshape(-1, 3)])
    return coal.Convex.convexHull(vertices, True, "Qt")


def with_objects(model, own, scene):
    """The robot's geometry with the objects of a scene, and the named pairs; names by pair."""
    geometry = own.copy()
    geometry.removeAllCollisionPairs()
    by_name = {}
    for i, one in enumerate(geometry.geometryObjects):
        by_name.setdefault(model.frames[one.parentFrame].name, []).append(i)
    for thing in scene["objects"]:
        x, y, z, w = thing["pose"]["quaternion"]
        pose = pin.SE3(pin.Quaternion(w, x, y, z).normalized().matrix(), np.array(thing["pose"]["position"]))
        joint, frame = 0, 0
        if thing["link"] is not None:
            frame = model.getFrameId(thing["link"])
            joint = model.frames[frame].parentJoint
            pose = model.frames[frame].placement * pose
        added = pin.GeometryObject(thing["id"], joint, frame, pose, shape_of(thing["geometry"], scene["points"]))
        by_name[thing["id"]] = [geometry.addGeometryObject(added)]
    names = []
    for n, (first, second) in enumerate(scene["pairs"]):
        for i in by_name[first]:
            for j in by_name[second]:
                # coal has the half-space first or second alike
                geometry.addCollisionPair(pin.CollisionPair(i, j))
                names.append(n)
    return geometry, np.array(names)


def within(bends, limits, times):
    """Whether one joint keeps its limits (position from and to, velocity, acceleration, jerk) at all times, to 1e-9 of each."""
    position, *rates = motions.states(bends, times)
    fits = [np.max(np.abs(rate)) <= limits[name] * (1 + 1e-9) for rate, name in zip(rates, RATES, strict=True)]
    low, high = [default if value is None else value for value, default in zip(limits["position"], (-np.inf, np.inf), strict=True)]
    return all(fits) and position.min() >= low - 1e-9 and position.max() <= high + 1e-9


def data_of(geometry):
    data = geometry.createData()
    for one in data.distanceRequests:
        one.enable_signed_distance = True
        one.gjk_tolerance = one.epa_tolerance = 1e-9
        one.gjk_max_iterations = one.epa_max_iterations = 1000
    return data


def compare(path, packages, srdf, options):
    request = {"file": str(path), "srdf": srdf, "packages": str(packages), **options}
    step, write, each = (request.pop(key) for key in ("step", "write", "each"))
    kept = []
    helper = subprocess.Popen(
        ["node", str(HERE / "scenes-of.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    helper.stdin.write(json.dumps(request))
    helper.stdin.close()
    model = pin.buildModelFromUrdf(str(path))
    own, _ = motions.geometry_of(model, path, packages, [])
    data = model.createData()
    kinds = ["distances", "accepted", "samples", "looks", "collide", "beyond", "refused", "unconfirmed", "verdicts", "unlike"]
    count = dict.fromkeys(kinds, 0)
    worst = 0.0
    for line in helper.stdout:
        scene = json.loads(line)
        geometry, names = with_objects(model, own, scene)
        geometry_data = data_of(geometry)
        free = FreeMotion(model, data, geometry, geometry_data)
        base_of = lambda others: configuration(model, {**{k: [v] for k, v in others.items()}, **shared_joints(model, others)})

        def distances(q):
            pin.computeDistances(model, data, geometry, geometry_data, q)
            least = np.full(len(scene["pairs"]), np.inf)
            np.minimum.at(least, names, [result.min_distance for result in geometry_data.distanceResults])
            return least

        for state in scene["states"]:
            theirs, ours = distances(base_of(state["others"])), np.array(state["distances"])
            state["coal"] = [round(float(value), 10) for value in theirs]
            apart = (theirs > 1e-6) | (ours > 1e-6)
            count["distances"] += len(ours)
            count["verdicts"] += int(np.sum((theirs > 1e-6) != (ours > 1e-6)))
            if apart.any():
                worst = max(worst, float(np.max(np.abs(theirs - ours)[apart])))
        kept.append({key: scene[key] for key in ("objects", "points", "pairs")})
        kept[-1]["states"] = [{"positions": one["others"], "distances": one["coal"]} for one in scene["states"]]
        for move in scene["moves"]:
            duration = max(bends[-1][0] for bends in move["moved"].values())
            base = base_of(move["others"])

            def at(times):
                """Configurations of pinocchio, and the positions of its joints."""
                q, positions = np.tile(base, (len(times), 1)), np.zeros((len(times), model.njoints))
                for name, bends in move["moved"].items():
                    joint = model.getJointId(name)
                    place, of = model.idx_qs[joint], motions.sampled(bends, times)
                    positions[:, joint] = of
                    if model.nqs[joint] == 2:
                        q[:, place], q[:, place + 1] = np.cos(of), np.sin(of)
                    else:
                        q[:, place] = of
                    for follower, (multiplier, offset) in motions.followers(path, model).get(name, {}).items():
                        joint = model.getJointId(follower)
                        positions[:, joint] = q[:, model.idx_qs[joint]] = multiplier * of + offset
                return q, positions

            hit, times = move["hit"], np.arange(0, duration, step)
            if hit is None or each:
                configurations, positions = at(times)
                found, looks = free.first_hit(configurations, positions)
                if each:
                    every = (pin.computeCollisions(model, data, geometry, geometry_data, q, True) for q in configurations)
                    count["unlike"] += next((k for k, is_hit in enumerate(every) if is_hit), None) != found
            if hit is None:
                count["accepted"] += 1
                count["samples"] += len(times)
                count["looks"] += looks
                count["collide"] += found is not None
                count["beyond"] += any(not within(bends, move["limits"][name], times) for name, bends in move["moved"].items())
                continue
            count["refused"] += 1
            (q,), _ = at(np.array([hit["time"]]))
            pair = scene["pairs"].index([hit["link1"], hit["link2"]])
            allowed = 1e-4 if hit["code"] == "self_collision" else MARGIN + 1e-4
            if distances(q)[pair] > allowed:
                count["unconfirmed"] += 1
    if helper.wait() != 0:
        return "the helper failed", False
    if write and path.name == "arm.urdf":
        made = {"by": f"coal {coal.__version__}", "robot": "urdf/arm.urdf", "scenes": kept[:6]}
        (ROOT / "test/truth/scenes.json").write_text(json.dumps(made) + "\n")
    text = (
        f"{count['distances']} distances, worst {worst:.1e} m, {count['verdicts']} verdicts differ; "
        f"{count['accepted']} moves accepted, {count['samples']} samples ({count['looks']} looks at a pair), of which moves "
        f"{count['collide']} collide and {count['beyond']} go beyond a limit; "
        f"{count['refused']} refused of which {count['unconfirmed']} are not confirmed"
        + (f"; of {count['unlike']} a look at every step says otherwise" if each else "")
    )
    return text, worst < 1e-6 and all(count[kind] == 0 for kind in ("verdicts", "collide", "beyond", "unconfirmed", "unlike"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenes", type=int, default=20)
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", type=float, default=0.001)
    parser.add_argument("--robot", choices=["arm", "ur5_robot", "panda"])
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = vars(parser.parse_args())
    only = options.pop("robot")
    robots = [(ROOT / "urdf/arm.urdf", ROOT, None)]
    for path in all_robots():
        if path.name in ("ur5_robot.urdf", "panda.urdf"):
            robots.append((path, path.parents[4], None))
    fine = True
    for path, packages, srdf in robots:
        if only not in (None, path.stem):
            continue
        text, is_fine = compare(path, packages, srdf, options)
        print(f"{path.stem}: {text}", flush=True)
        fine = fine and is_fine
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
