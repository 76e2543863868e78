"""Writes test/truth/falls.json: passive falls of test/truth/urdf/arm-seven.urdf by MuJoCo, without friction.

    python make-falls.py        (needs PyPI `mujoco`)

MuJoCo's fourth-order Runge-Kutta with a step of 50 µs; halving it changes the end by less than 1e-10.
"""

import json
import pathlib
import xml.etree.ElementTree as xml

import mujoco
import numpy as np

TRUTH = pathlib.Path(__file__).parents[2] / "test" / "truth"
STEP = 5e-5


def stripped(path):
    """Neither shapes, nor limits, nor friction; links stay bodies of their own."""
    robot = xml.fromstring(path.read_text())
    for link in robot.findall("link"):
        for kind in ("visual", "collision"):
            for shape in link.findall(kind):
                link.remove(shape)
    for joint in robot.findall("joint"):
        if joint.get("type") == "revolute":
            joint.set("type", "continuous")
        for kind in ("limit", "dynamics", "safety_controller"):
            for element in joint.findall(kind):
                joint.remove(element)
    compiler = xml.SubElement(xml.SubElement(robot, "mujoco"), "compiler")
    compiler.set("fusestatic", "false")
    compiler.set("balanceinertia", "false")
    compiler.set("inertiafromgeom", "false")
    return xml.tostring(robot, encoding="unicode")


def fall(model, names, q, v, step):
    data = mujoco.MjData(model)
    model.opt.timestep = step
    model.opt.integrator = mujoco.mjtIntegrator.mjINT_RK4
    for name in names:
        joint = model.joint(name)
        data.qpos[joint.qposadr[0]] = q[name]
        data.qvel[joint.dofadr[0]] = v[name]
    states = []
    for k in range(round(1.0 / step)):
        mujoco.mj_step(model, data)
        if (k + 1) % round(0.1 / step) == 0:
            states.append({
                "time": round((k + 1) * step, 9),
                "q": {n: float(data.qpos[model.joint(n).qposadr[0]]) for n in names},
                "v": {n: float(data.qvel[model.joint(n).dofadr[0]]) for n in names},
            })
    return states


def main():
    path = TRUTH / "urdf" / "arm-seven.urdf"
    model = mujoco.MjModel.from_xml_string(stripped(path))
    model.opt.gravity[:] = [0, 0, -9.81]
    model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT
    names = [model.joint(i).name for i in range(model.njnt)]
    random = np.random.default_rng(20261123)
    falls = []
    for _ in range(3):
        q = {name: float(random.uniform(-1.5, 1.5)) for name in names}
        v = {name: float(random.uniform(-1, 1)) for name in names}
        states = fall(model, names, q, v, STEP)
        fine = fall(model, names, q, v, STEP / 2)
        apart = max(abs(states[-1]["q"][n] - fine[-1]["q"][n]) for n in names)
        print(f"half the step changes the end by {apart:.1e}")
        falls.append({"q": q, "v": v, "states": states})
    truth = {
        "about": "passive falls by MuJoCo, made by scripts/truth/make-falls.py",
        "versions": {"mujoco": mujoco.__version__, "numpy": np.__version__},
        "file": "urdf/arm-seven.urdf",
        "falls": falls,
    }
    (TRUTH / "falls.json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
