"""pinocchio as the oracle: states by joint name, link poses by link name."""

import pathlib
import sys

import numpy as np
import pinocchio as pin


def all_robots():
    """The package has no Python module of its own name everywhere, so its share folder is looked for."""
    for place in map(pathlib.Path, [*sys.path, *pin.__path__]):
        for parent in [place, *place.parents]:
            robots = parent / "cmeel.prefix/share/example-robot-data/robots"
            if robots.is_dir():
                return sorted(robots.rglob("*.urdf"))
    sys.exit("example-robot-data is not installed: pip install example-robot-data==6.0.0")


def load(path, mimic):
    text = path.read_text()
    return pin.buildModelFromXML(text, False, mimic) if mimic else pin.buildModelFromXML(text)


def joint_kind(model, index):
    return model.joints[index].shortname().replace("JointModel", "")


def random_state(model, random):
    """Joint name → its numbers as we write them: one, planar x y yaw, floating x y z qx qy qz qw."""
    state = {}
    for index in range(1, model.njoints):
        kind = joint_kind(model, index)
        if kind.startswith("Mimic"):
            continue
        if kind == "FreeFlyer":
            quaternion = random.normal(size=4)
            quaternion /= np.linalg.norm(quaternion)
            state[model.names[index]] = [*random.uniform(-2, 2, 3), *quaternion]
        elif kind == "Planar":
            state[model.names[index]] = [*random.uniform(-2, 2, 2), random.uniform(-3.1, 3.1)]
        else:
            state[model.names[index]] = [random.uniform(-3, 3)]
    return state


def configuration(model, state):
    q = pin.neutral(model)
    for index in range(1, model.njoints):
        values = state.get(model.names[index])
        if values is None:
            continue
        at = model.idx_qs[index]
        kind = joint_kind(model, index)
        if kind == "Planar":
            q[at : at + 4] = [values[0], values[1], np.cos(values[2]), np.sin(values[2])]
        elif model.nqs[index] == 2:  # continuous: pinocchio keeps cosine and sine
            q[at : at + 2] = [np.cos(values[0]), np.sin(values[0])]
        else:
            q[at : at + len(values)] = values
    return q


def shared_joints(model, positions):
    """Our positions of all single-number joints that pinocchio has, followers included."""
    known = set(model.names)
    return {name: [value] for name, value in positions.items() if name in known}


def compared_links(model):
    return [frame.name for frame in model.frames if frame.type == pin.FrameType.BODY and frame.name != "universe"]


def link_placements(model, state, names):
    data = model.createData()
    pin.framesForwardKinematics(model, data, configuration(model, state))
    return {name: data.oMf[model.getFrameId(name, pin.FrameType.BODY)] for name in names}
