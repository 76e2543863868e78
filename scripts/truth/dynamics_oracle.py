"""pinocchio as the oracle of kinematics and dynamics, in our order of links and v.

By default followers are independent joints on pinocchio's side; our law v = G v' (G from the file's mimic elements)
turns its answers into ours: tau' = G^T tau, M' = G^T M G, J' = J G, and a' solves M' a' = tau' - h'.
"""

import json
import pathlib
import subprocess

import numpy as np
import pinocchio as pin

HERE = pathlib.Path(__file__).parent
GRAVITY = np.array([0, 0, -9.81])


class Oracle:
    """pinocchio's model of a URDF, and the numbers of its q and v for ours."""

    def __init__(self, text, floating):
        self.floating = floating
        self.model = pin.buildModelFromXML(text, pin.JointModelFreeFlyer()) if floating else pin.buildModelFromXML(text)
        self.data = self.model.createData()

    def names(self):
        return [(i, self.model.names[i]) for i in range(2 if self.floating else 1, self.model.njoints)]

    def matrix(self, ours):
        """G: our rates to pinocchio's."""
        matrix = np.zeros((self.model.nv, ours["nv"]))
        if self.floating:
            matrix[:6, :6] = np.eye(6)
        by_name = {joint["name"]: joint for joint in ours["joints"]}
        for index, name in self.names():
            joint = by_name[name]
            at, count = self.model.idx_vs[index], self.model.nvs[index]
            rate = joint["mimic"]["multiplier"] if joint["mimic"] else 1
            matrix[at : at + count, joint["vIndex"] : joint["vIndex"] + count] = rate * np.eye(count)
        return matrix

    def configuration(self, ours, q):
        """Our numbers to pinocchio's."""
        out = pin.neutral(self.model)
        if self.floating:
            out[:7] = q[:7]
        by_name = {joint["name"]: joint for joint in ours["joints"]}
        for index, name in self.names():
            joint = by_name[name]
            at, mine = self.model.idx_qs[index], joint["qIndex"]
            if joint["type"] == "planar":
                out[at : at + 4] = [q[mine], q[mine + 1], np.cos(q[mine + 2]), np.sin(q[mine + 2])]
            elif joint["type"] == "floating":
                out[at : at + 7] = q[mine : mine + 7]
            else:
                mimic = joint["mimic"]
                value = mimic["multiplier"] * q[mine] + mimic["offset"] if mimic else q[mine]
                if self.model.nqs[index] == 2:
                    out[at : at + 2] = [np.cos(value), np.sin(value)]
                else:
                    out[at] = value
        return out

    def answers(self, ours, q, v, a, tau, last):
        """All that we compare, in our order. `q` is pinocchio's, the rest are ours."""
        model, data, g = self.model, self.data, self.matrix(ours)
        if model.nv == 0:
            return self.nothing_moves(ours)
        pv, pa = g @ v, g @ a
        pin.forwardKinematics(model, data, q, pv, pa)
        pin.updateFramePlacements(model, data)
        pin.computeJointJacobians(model, data, q)
        pin.computeJointJacobiansTimeVariation(model, data, q, pv)
        frames = [model.getFrameId(name, pin.FrameType.BODY) for name in ours["links"]]
        lwa = pin.ReferenceFrame.LOCAL_WORLD_ALIGNED
        placed = [data.oMf[frame] for frame in frames]
        out = {
            "fk": np.concatenate([np.concatenate([p.rotation.ravel(), p.translation]) for p in placed]),
            "linkVelocity": np.concatenate([pin.getFrameVelocity(model, data, f, lwa).vector for f in frames]),
            "linkAcceleration": np.concatenate(
                [pin.getFrameClassicalAcceleration(model, data, f, lwa).vector for f in frames]
            ),
            "jacobian": pin.getFrameJacobian(model, data, frames[last], lwa) @ g,
            "jacobianRate": pin.getFrameJacobianTimeVariation(model, data, frames[last], lwa) @ g,
            "rnea": g.T @ pin.rnea(model, data, q, pv, pa),
            "bias": g.T @ pin.nonLinearEffects(model, data, q, pv),
            "gravity": g.T @ pin.computeGeneralizedGravity(model, data, q),
        }
        upper = np.triu(pin.crba(model, data, q))
        mass = g.T @ (upper + upper.T - np.diag(np.diag(upper))) @ g
        out["crba"] = mass
        if g.shape[0] == g.shape[1]:
            order = np.argmax(np.abs(g), axis=1)
            out["aba"] = np.zeros(len(tau))
            out["aba"][order] = pin.aba(model, data, q, pv, g @ tau)
        else:
            # Where a joint moves nothing heavy there is no answer, neither here nor there.
            regular = np.linalg.matrix_rank(mass, hermitian=True) == len(mass)
            out["aba"] = np.linalg.solve(mass, tau - out["bias"]) if regular else None
        out.update(self.masses(q, pv, g))
        return out

    def nothing_moves(self, ours):
        """pinocchio's dynamics crash without a single joint, so only places and masses are asked for."""
        model, data = self.model, self.data
        pin.framesForwardKinematics(model, data, pin.neutral(model))
        placed = [data.oMf[model.getFrameId(name, pin.FrameType.BODY)] for name in ours["links"]]
        fixed = model.inertias[0]
        return {
            "fk": np.concatenate([np.concatenate([p.rotation.ravel(), p.translation]) for p in placed]),
            "com": np.array(fixed.lever),
            "energy": np.array([0.0, -fixed.mass * GRAVITY @ fixed.lever]),
        }

    def masses(self, q, pv, g):
        """A fixed base's own mass stands in pinocchio's universe, which its sums leave out; ours count it."""
        model, data = self.model, self.data
        fixed = model.inertias[0]
        pin.jacobianCenterOfMass(model, data, q)
        moving = sum(model.inertias[i].mass for i in range(1, model.njoints))
        total = moving + fixed.mass
        com = np.array(pin.centerOfMass(model, data, q))
        jacobian = np.array(pin.jacobianCenterOfMass(model, data, q))
        kinetic = pin.computeKineticEnergy(model, data, q, pv)
        if total == 0:
            return {"com": None, "comJacobian": None, "momentum": None, "energy": np.array([0.0, 0.0])}
        together = (moving * com + fixed.mass * fixed.lever) / total if moving > 0 else np.array(fixed.lever)
        pin.computeCentroidalMomentum(model, data, q, pv)
        momentum = data.hg.vector.copy() if moving > 0 else np.zeros(6)
        # About the centre of all, not of what moves.
        momentum[3:] += np.cross((com if moving > 0 else together) - together, momentum[:3])
        return {
            "com": together,
            "comJacobian": (jacobian * (moving / total) if moving > 0 else 0 * jacobian) @ g,
            "momentum": momentum,
            "energy": np.array([kinetic, -total * GRAVITY @ together]),
        }


def random_state(ours_joints, floating, random):
    state = {"q": {}, "v": {}, "a": {}, "tau": {}}
    for joint in ours_joints:
        if joint["nq"] == 0:
            continue
        if joint["type"] == "floating":
            turn = random.normal(size=4)
            state["q"][joint["name"]] = [*random.uniform(-2, 2, 3), *(turn / np.linalg.norm(turn))]
        else:
            state["q"][joint["name"]] = list(random.uniform(-3, 3, joint["nq"]))
        for kind in ("v", "a", "tau"):
            state[kind][joint["name"]] = list(random.uniform(-2, 2, joint["nv"]))
    if floating:
        turn = random.normal(size=4)
        state["base"] = {"q": [*random.uniform(-2, 2, 3), *(turn / np.linalg.norm(turn))]}
        state["base"].update({kind: list(random.uniform(-2, 2, 6)) for kind in ("v", "a", "tau")})
    return state


def ask(path, base, states):
    request = json.dumps({"file": str(path), "base": base, "states": states})
    answer = subprocess.run(["node", str(HERE / "dynamics-of.mjs")], input=request, capture_output=True, text=True)
    if answer.returncode != 0:
        raise ValueError("refused by us: " + (answer.stderr.strip().splitlines() or ["?"])[0])
    return json.loads(answer.stdout)


def rates(ours, state, kind):
    out = np.zeros(ours["nv"])
    if "base" in state:
        out[:6] = state["base"][kind]
    for joint in ours["joints"]:
        if joint["nv"] > 0:
            out[joint["vIndex"] : joint["vIndex"] + joint["nv"]] = state[kind][joint["name"]]
    return out


def error(a, b):
    a, b = np.asarray(a, dtype=float).ravel(), np.asarray(b, dtype=float).ravel()
    return float(np.max(np.abs(a - b) / (1 + np.abs(b)))) if len(b) > 0 else 0.0
