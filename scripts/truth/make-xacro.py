"""Writes what PyPI's xacro makes of test/truth/xacro/*.xacro beside each, and of a list of expressions.

python -m pip install xacro pyyaml
python scripts/truth/make-xacro.py
"""

import json
import os
import re
import sys
import types
from importlib.metadata import version
from pathlib import Path

folder = Path(__file__).resolve().parents[2] / "test" / "truth" / "xacro"
os.environ["XACRO_TRUTH_WORD"] = "from the environment"
os.environ.pop("XACRO_TRUTH_NOTHING", None)

# $(find …) asks the ament index, which is no part of the wheel.
packages = types.ModuleType("ament_index_python.packages")
packages.get_package_share_directory = lambda name: str(folder / "packages" / name)
sys.modules["ament_index_python"] = types.ModuleType("ament_index_python")
sys.modules["ament_index_python.packages"] = packages

import xacro  # noqa: E402  (the index must stand before)

versions = {"xacro": version("xacro"), "pyyaml": version("pyyaml"), "python": sys.version.split()[0]}


def arguments(text):
    line = re.search(r"<!-- args: (.*?) -->", text)
    return dict(pair.split(":=") for pair in line.group(1).split(" ")) if line else {}


def expand(path):
    document = xacro.process_file(str(path), mappings=arguments(path.read_text()), verbosity=0)
    text = document.documentElement.toprettyxml(indent="  ")
    return text.replace(str(folder), "FOLDER")


def evaluated(expression):
    """str(value), or None where xacro refuses."""
    xacro.init_stacks(None)
    try:
        return str(xacro.eval_text("${" + expression + "}", symbols()))
    except Exception:  # whatever Python raises is one refusal
        return None


def symbols():
    table = xacro.Table(xacro._global_symbols)
    for name, value in {"x": "3", "y": "2.5", "w": "word", "v": "1 2 3", "t": "true", "neg": "-7"}.items():
        table[name] = value
    return table


xacro.verbosity = 0
for path in sorted(folder.glob("*.xacro")):
    output = expand(path)
    path.with_suffix(".urdf").write_text(f"<!-- {json.dumps(versions)} -->\n{output}")
    print(path.name, len(output))

lines = (folder / "expressions.txt").read_text().split("\n")
expressions = [line for line in lines if line and not line.startswith("#")]
truth = {"versions": versions, "cases": [[one, evaluated(one)] for one in expressions]}
(folder / "expressions.json").write_text(json.dumps(truth, indent=0, ensure_ascii=False) + "\n")
print(len(expressions), "expressions,", sum(value is None for _, value in truth["cases"]), "refused")
