"""Compares robots with followers with pinocchio's own mimic joints: rnea and crba, 50 random states each.

    python compare-mimic.py FILE.urdf ...

pinocchio refuses followers of followers; those it says so of are passed over (compare-dynamics.py has them,
by the mimic law itself). Exit code 1 when an error is above 1e-10.
"""

import pathlib
import sys

import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dynamics_oracle import ask, error, random_state


def compare(path):
    model = pin.buildModelFromXML(path.read_text(), mimic=True)
    data = model.createData()
    names = ask(path, "fixed", [])
    random = np.random.default_rng(1)
    states = [random_state(names["joints"], False, random) for _ in range(50)]
    ours = ask(path, "fixed", states)
    by_name = {joint["name"]: joint for joint in ours["joints"]}
    worst = 0.0
    for state, answer in zip(states, ours["answers"], strict=True):
        q, v, a = pin.neutral(model), np.zeros(model.nv), np.zeros(model.nv)
        order = np.full(model.nv, -1)
        for index in range(1, model.njoints):
            if "Mimic" in model.joints[index].shortname():
                continue
            name, at, rate = model.names[index], model.idx_qs[index], model.idx_vs[index]
            position = state["q"][name][0]
            q[at : at + model.nqs[index]] = [np.cos(position), np.sin(position)] if model.nqs[index] == 2 else position
            v[rate], a[rate] = state["v"][name][0], state["a"][name][0]
            order[rate] = by_name[name]["vIndex"]
        upper = np.triu(pin.crba(model, data, q))
        mass = upper + upper.T - np.diag(np.diag(upper))
        own = np.array(answer["crba"]).reshape(model.nv, model.nv)[np.ix_(order, order)]
        worst = max(worst, error(own, mass))
        worst = max(worst, error(np.array(answer["rnea"])[order], pin.rnea(model, data, q, v, a)))
    return model.nv, worst


def main():
    fine = True
    for path in map(pathlib.Path, sys.argv[1:]):
        try:
            nv, worst = compare(path)
        except (RuntimeError, ValueError) as fault:
            print(f"--  {path.name}: {str(fault).strip().splitlines()[-1]}")
            continue
        fine = fine and worst <= 1e-10
        print(f"{'ok ' if worst <= 1e-10 else 'BAD'} {worst:.1e} {path.name}, nv {nv}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
