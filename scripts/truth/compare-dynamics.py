"""Compares our kinematics and dynamics with pinocchio, for every given URDF, fixed and floating base.

    python compare-dynamics.py [--states 100] [FILE.urdf ...]

Without files: every URDF of the example-robot-data package. Needs PyPI `pin` (and `example-robot-data`),
and a build of this project (`npm run build`). Prints the worst max |a - b| / (1 + |b|) of each quantity
over all robots, and a line for each robot. Exit code 1 when a tolerance is passed.
"""

import argparse
import pathlib
import sys

import numpy as np
import pinocchio as pin

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dynamics_oracle import Oracle, ask, error, random_state, rates
from oracle import all_robots, joint_kind

TOLERANCE = {
    "fk": 1e-12,
    "linkVelocity": 1e-11,
    "linkAcceleration": 1e-11,
    "jacobian": 1e-11,
    "jacobianRate": 1e-11,
    "rnea": 1e-10,
    "bias": 1e-10,
    "gravity": 1e-10,
    "crba": 1e-10,
    "aba": 1e-9,
    "com": 1e-10,
    "comJacobian": 1e-10,
    "momentum": 1e-10,
    "energy": 1e-10,
    "integrated": 1e-12,
    "difference": 1e-12,
}
def same_side(oracle, a, b):
    """b, with each quaternion's sign as in a: both mean one turn."""
    b = b.copy()
    for index in range(1, oracle.model.njoints):
        if joint_kind(oracle.model, index) == "FreeFlyer":
            turn = slice(oracle.model.idx_qs[index] + 3, oracle.model.idx_qs[index] + 7)
            b[turn] *= np.sign(a[turn] @ b[turn])
    return b


def compare(path, base, count, seed):
    """Quantity -> worst error; and notes."""
    floating = base == "floating"
    oracle = Oracle(path.read_text(), floating)
    names = ask(path, base, [])
    random = np.random.default_rng(seed)
    states = [random_state(names["joints"], floating, random) for _ in range(count)]
    ours = ask(path, base, states)
    worst = dict.fromkeys(TOLERANCE, 0.0)
    notes = set()
    last = len(ours["links"]) - 1
    for state, answer in zip(states, ours["answers"], strict=True):
        q = oracle.configuration(ours, answer["q"])
        v, a, tau = (rates(ours, state, kind) for kind in ("v", "a", "tau"))
        right = oracle.answers(ours, q, v, a, tau, last)
        there = oracle.configuration(ours, answer["integrated"])
        if oracle.model.nv > 0:
            expected = pin.integrate(oracle.model, q, oracle.matrix(ours) @ v * 0.1)
            right["integrated"] = same_side(oracle, there, expected)
            answer["integrated"] = there
            right["difference"] = v * 0.1
        for name, b in right.items():
            if name == "aba" and (b is None) != (answer["aba"] is None) and (b is None or np.all(np.isfinite(b))):
                notes.add("only one of us has an aba")
                worst["aba"] = np.inf
                continue
            if b is None or answer[name] is None:
                notes.add(f"no {name}: nothing with a mass moves")
                continue
            if not np.all(np.isfinite(b)):
                notes.add(f"pinocchio's {name} is not finite")
                continue
            worst[name] = max(worst[name], error(answer[name], b))
    return worst, notes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--states", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    overall = dict.fromkeys(TOLERANCE, 0.0)
    fine, loaded = True, 0
    for path in options.files or all_robots():
        try:
            pin.buildModelFromXML(path.read_text())
        except Exception as fault:  # pinocchio raises several kinds
            print(f"--  {path.name}: not loaded by pinocchio: {str(fault).strip().splitlines()[0]}")
            continue
        loaded += 1
        for base in ("fixed", "floating"):
            try:
                worst, notes = compare(path, base, options.states, options.seed)
            except ValueError as fault:
                print(f"BAD {path.name} {base}: {fault}")
                fine = False
                continue
            bad = [f"{name} {value:.1e}" for name, value in worst.items() if not value <= TOLERANCE[name]]
            fine = fine and not bad
            overall = {name: max(overall[name], value) for name, value in worst.items()}
            said = "; ".join([*bad, *sorted(notes)])
            print(f"{'BAD' if bad else 'ok '} {max(worst.values()):.1e} {path.name} {base} {said}", flush=True)
    print(f"{loaded} robots, pinocchio {pin.__version__}, {options.states} states each, fixed and floating base; worst errors:")
    for name, value in overall.items():
        print(f"  {name:17s} {value:.1e}  (tolerance {TOLERANCE[name]:.0e})")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
