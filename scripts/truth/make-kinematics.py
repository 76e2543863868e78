"""Writes test/truth/kinematics.json: link poses of our own test URDFs by pinocchio.

    python make-kinematics.py        (needs PyPI `pin`)

What pinocchio does not have is put to it in other words: a follower gets its position from the file's
mimic law, and a planar joint about any axis becomes two slides and a turn about that axis.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as xml

import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from oracle import compared_links, link_placements, random_state

TRUTH = pathlib.Path(__file__).parents[2] / "test" / "truth"
STATES = 25


def without_planar(robot):
    """Replaces each planar joint by slides along its plane's x and y and a turn about its axis."""
    for joint in list(robot.findall("joint")):
        if joint.get("type") != "planar":
            continue
        axis = np.array([float(word) for word in joint.find("axis").get("xyz").split()])
        axis /= np.linalg.norm(axis)
        z = np.array([0.0, 0.0, 1.0])
        half_turn_about_x = np.diag([1.0, -1.0, -1.0])
        opposite = np.allclose(axis, -z)
        turn = half_turn_about_x if opposite else pin.Quaternion.FromTwoVectors(z, axis).toRotationMatrix()
        name, parent, child = joint.get("name"), joint.find("parent").get("link"), joint.find("child").get("link")
        robot.remove(joint)
        for part, kind, direction in [("x", "prismatic", turn[:, 0]), ("y", "prismatic", turn[:, 1]), ("yaw", "continuous", axis)]:
            below = child if part == "yaw" else f"{name}/{part}/link"
            if part != "yaw":
                xml.SubElement(robot, "link", name=below)
            new = xml.SubElement(robot, "joint", name=f"{name}/{part}", type=kind)
            xml.SubElement(new, "parent", link=parent)
            xml.SubElement(new, "child", link=below)
            if part == "x":
                new.append(joint.find("origin"))
            xml.SubElement(new, "axis", xyz=" ".join(repr(float(d)) for d in direction))
            xml.SubElement(new, "limit", lower="-9", upper="9", velocity="1", effort="1")
            parent = below
    return robot


def position_law(robot):
    """Joint name → (master, multiplier, offset), as the file says it, not resolved."""
    return {
        joint.get("name"): (mimic.get("joint"), float(mimic.get("multiplier", 1)), float(mimic.get("offset", 0)))
        for joint in robot.findall("joint")
        if (mimic := joint.find("mimic")) is not None
    }


def follow(name, state, law):
    if name not in law:
        return state[name][0]
    master, multiplier, offset = law[name]
    return multiplier * follow(master, state, law) + offset


def case(path, random):
    text = path.read_text()
    robot = xml.fromstring(text)
    law = position_law(robot)
    planar = [joint.get("name") for joint in robot.findall("joint") if joint.get("type") == "planar"]
    model = pin.buildModelFromXML(xml.tostring(without_planar(robot), encoding="unicode"))
    links = [name for name in compared_links(model) if not name.endswith("/link")]
    states = []
    for _ in range(STATES):
        drawn = random_state(model, random)
        drawn.update({name: [follow(name, drawn, law)] for name in law})
        placements = link_placements(model, drawn, links)
        ours = {name: value for name, value in drawn.items() if name not in law and "/" not in name}
        for name in planar:
            ours[name] = [drawn[f"{name}/{part}"][0] for part in ("x", "y", "yaw")]
        poses = [[*placements[name].rotation.ravel(), *placements[name].translation] for name in links]
        states.append({"joints": ours, "poses": poses})
    return {"file": f"urdf/{path.name}", "links": links, "states": states}


def main():
    random = np.random.default_rng(20261122)
    truth = {
        "about": "rootFromLink as R row by row, then p, for each of `links`; made by scripts/truth/make-kinematics.py",
        "versions": {"pinocchio": pin.__version__, "numpy": np.__version__},
        "cases": [case(path, random) for path in sorted((TRUTH / "urdf").glob("*.urdf"))],
    }
    (TRUTH / "kinematics.json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
