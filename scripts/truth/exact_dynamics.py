"""Forward dynamics of a fixed-base robot of single-axis joints with 60 digits, to judge who is nearer where two
programs differ by more than their rounding should allow (needs PyPI `mpmath` and `pin`).

    python exact_dynamics.py FILE.urdf [--states 100]

Prints the worst max |a - b| / (1 + |b|) of our aba and of pinocchio's against it. Inverse dynamics by Newton and
Euler in body axes, the mass matrix column by column, and an LU solve.
"""

import argparse
import pathlib
import sys

import mpmath as mp
import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dynamics_oracle import Oracle, ask, error, random_state, rates

mp.mp.dps = 60


def vector(values):
    return mp.matrix([mp.mpf(float(one)) for one in values])


def square(values):
    return mp.matrix([[mp.mpf(float(one)) for one in row] for row in values])


def cross(a, b):
    return mp.matrix([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


class Exact:
    def __init__(self, model):
        self.model = model
        data = model.createData()
        pin.forwardKinematics(model, data, pin.neutral(model))
        self.axes = [None] + [vector(np.asarray(data.joints[i].S).ravel()) for i in range(1, model.njoints)]
        self.placed = [(square(m.rotation), vector(m.translation)) for m in model.jointPlacements]
        self.bodies = [(mp.mpf(i.mass), vector(i.lever), square(i.inertia)) for i in model.inertias]

    def turn(self, index, q):
        """Rotation and shift of a joint at q, which is a number or pinocchio's cosine and sine."""
        axis = self.axes[index]
        slide, spin = axis[:3], axis[3:]
        at = self.model.idx_qs[index]
        if self.model.nqs[index] == 2:
            c, s = mp.mpf(float(q[at])), mp.mpf(float(q[at + 1]))
        else:
            c, s = mp.cos(mp.mpf(float(q[at]))), mp.sin(mp.mpf(float(q[at])))
        if mp.norm(spin) == 0:
            return mp.eye(3), slide * mp.mpf(float(q[at]))
        x, y, z = spin
        hat = mp.matrix([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        return mp.eye(3) + s * hat + (1 - c) * hat * hat, mp.zeros(3, 1)

    def inverse(self, frames, v, a, gravity):
        model = self.model
        w, dw, acc = [mp.zeros(3, 1)], [mp.zeros(3, 1)], [vector([0, 0, 9.81]) if gravity else mp.zeros(3, 1)]
        force, moment = [mp.zeros(3, 1)], [mp.zeros(3, 1)]
        for i in range(1, model.njoints):
            p, (r, t) = model.parents[i], frames[i]
            slide, spin = self.axes[i][:3], self.axes[i][3:]
            rate, accel = v[model.idx_vs[i]], a[model.idx_vs[i]]
            turned = r.T * w[p]
            w.append(turned + spin * rate)
            dw.append(r.T * dw[p] + cross(turned, spin * rate) + spin * accel)
            there = acc[p] + cross(dw[p], t) + cross(w[p], cross(w[p], t))
            acc.append(r.T * there + 2 * cross(turned, slide * rate) + slide * accel)
            mass, lever, inertia = self.bodies[i]
            center = acc[i] + cross(dw[i], lever) + cross(w[i], cross(w[i], lever))
            force.append(mass * center)
            moment.append(inertia * dw[i] + cross(w[i], inertia * w[i]) + cross(lever, mass * center))
        tau = [mp.mpf(0)] * model.nv
        for i in range(model.njoints - 1, 0, -1):
            slide, spin = self.axes[i][:3], self.axes[i][3:]
            tau[model.idx_vs[i]] = (slide.T * force[i])[0] + (spin.T * moment[i])[0]
            p, (r, t) = model.parents[i], frames[i]
            handed = r * force[i]
            force[p] += handed
            moment[p] += r * moment[i] + cross(t, handed)
        return tau

    def forward(self, q, v, tau):
        model = self.model
        frames = [None]
        for i in range(1, model.njoints):
            (r, t), (joint, shift) = self.placed[i], self.turn(i, q)
            frames.append((r * joint, t + r * shift))
        zero = [mp.mpf(0)] * model.nv
        rate = [mp.mpf(float(one)) for one in v]
        bias = self.inverse(frames, rate, zero, True)
        mass = mp.zeros(model.nv, model.nv)
        for k in range(model.nv):
            unit = list(zero)
            unit[k] = mp.mpf(1)
            for row, value in enumerate(self.inverse(frames, zero, unit, False)):
                mass[row, k] = value
        left = mp.matrix([mp.mpf(float(t)) - b for t, b in zip(tau, bias)])
        return np.array([float(one) for one in mp.lu_solve(mass, left)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--states", type=int, default=100)
    options = parser.parse_args()
    oracle = Oracle(options.file.read_text(), False)
    exact = Exact(oracle.model)
    names = ask(options.file, "fixed", [])
    random = np.random.default_rng(7)
    states = [random_state(names["joints"], False, random) for _ in range(options.states)]
    ours = ask(options.file, "fixed", states)
    g = oracle.matrix(ours)
    worst = {"ours": 0.0, "pinocchio": 0.0}
    for state, answer in zip(states, ours["answers"], strict=True):
        q = oracle.configuration(ours, answer["q"])
        v, tau = (g @ rates(ours, state, kind) for kind in ("v", "tau"))
        theirs = pin.aba(oracle.model, oracle.data, q, v, tau)
        far = error(g @ np.array(answer["aba"]), theirs)
        if far < 1e-10:
            continue
        right = exact.forward(q, v, tau)
        here, there = error(g @ np.array(answer["aba"]), right), error(theirs, right)
        print(f"apart {far:.1e}: ours {here:.1e}, pinocchio {there:.1e} from the exact answer", flush=True)
        worst = {"ours": max(worst["ours"], here), "pinocchio": max(worst["pinocchio"], there)}
    print(worst)


if __name__ == "__main__":
    main()
