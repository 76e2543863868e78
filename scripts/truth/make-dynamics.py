"""Writes test/truth/dynamics.json: kinematics and dynamics of our own test URDFs by pinocchio.

    python make-dynamics.py        (needs PyPI `pin` and a build of this project)

Followers are put to pinocchio by its own mimic joints; a planar joint about a tilted axis, which pinocchio does not
have, as its planar joint between two fixed turns. Poses of a fixed base are in the root link's frame, those of a
floating one in the world's.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as xml

import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dynamics_oracle import Oracle, ask, random_state, rates

TRUTH = pathlib.Path(__file__).parents[2] / "test" / "truth"
STATES = 4


def turn_to(axis):
    """The smallest rotation that takes z to the axis; half a turn about x for -z."""
    z = np.array([0.0, 0.0, 1.0])
    if np.allclose(axis, -z):
        return np.diag([1.0, -1.0, -1.0])
    return pin.Quaternion.FromTwoVectors(z, axis).toRotationMatrix()


def rpy_of(element):
    return np.array([float(word) for word in (element.get("rpy") or "0 0 0").split()])


def upright_planar(robot):
    """Each planar joint's axis becomes z, by a fixed joint before and one after it."""
    for joint in list(robot.findall("joint")):
        if joint.get("type") != "planar":
            continue
        axis = np.array([float(word) for word in joint.find("axis").get("xyz").split()])
        turn = turn_to(axis / np.linalg.norm(axis))
        name, child = joint.get("name"), joint.find("child").get("link")
        forth, back = f"{name}/forth", f"{name}/back"
        for link in (forth, back):
            xml.SubElement(robot, "link", name=link)
        before = xml.SubElement(robot, "joint", name=forth, type="fixed")
        xml.SubElement(before, "parent", link=joint.find("parent").get("link"))
        xml.SubElement(before, "child", link=forth)
        origin = joint.find("origin")
        placed = (pin.rpy.rpyToMatrix(rpy_of(origin)) if origin is not None else np.eye(3)) @ turn
        xyz = origin.get("xyz", "0 0 0") if origin is not None else "0 0 0"
        exact = " ".join(repr(float(one)) for one in pin.rpy.matrixToRpy(placed))
        xml.SubElement(before, "origin", xyz=xyz, rpy=exact)
        if origin is not None:
            joint.remove(origin)
        joint.find("parent").set("link", forth)
        joint.find("child").set("link", back)
        joint.find("axis").set("xyz", "0 0 1")
        after = xml.SubElement(robot, "joint", name=back, type="fixed")
        xml.SubElement(after, "parent", link=back)
        xml.SubElement(after, "child", link=child)
        reverse = " ".join(repr(float(one)) for one in pin.rpy.matrixToRpy(turn.T))
        xml.SubElement(after, "origin", xyz="0 0 0", rpy=reverse)
    return xml.tostring(robot, encoding="unicode")


def case(path, base, random):
    oracle = Oracle(upright_planar(xml.fromstring(path.read_text())), base == "floating")
    names = ask(path, base, [])
    states = [random_state(names["joints"], base == "floating", random) for _ in range(STATES)]
    ours = ask(path, base, states)
    right = []
    for state, answer in zip(states, ours["answers"], strict=True):
        q = oracle.configuration(ours, answer["q"])
        v, a, tau = (rates(ours, state, kind) for kind in ("v", "a", "tau"))
        expected = oracle.answers(ours, q, v, a, tau, len(ours["links"]) - 1)
        right.append({name: None if b is None else np.asarray(b).ravel().tolist() for name, b in expected.items()})
    return {"file": f"urdf/{path.name}", "base": base, "states": [{"at": s, "right": r} for s, r in zip(states, right)]}


def main():
    random = np.random.default_rng(20261123)
    files = sorted((TRUTH / "urdf").glob("*.urdf"))
    truth = {
        "about": "what pinocchio says in our order of links and v; made by scripts/truth/make-dynamics.py",
        "versions": {"pinocchio": pin.__version__, "numpy": np.__version__},
        "cases": [case(path, base, random) for path in files for base in ("fixed", "floating")],
    }
    (TRUTH / "dynamics.json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
