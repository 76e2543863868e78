"""Expands every xacro file below the given folders with PyPI's xacro and with ours, and compares the trees.

python -m pip install xacro pyyaml && npm run build
python scripts/truth/compare-xacro.py FOLDER… [--arg name:=value …]

A package is the folder of that name, or the one whose package.xml says so, below or above the given folders.
Both refusing a file counts as agreement and is told; numbers may differ by 1e-12.
"""

import json
import re
import subprocess
import sys
import types
import xml.dom.minidom
from pathlib import Path

words = sys.argv[1:]
folders = [Path(one).resolve() for one in words if ":=" not in one and not one.startswith("--")]
mappings = dict(one.split(":=", 1) for one in words if ":=" in one)
helper = Path(__file__).with_name("xacro-of.mjs")
known = {}
for folder in folders:
    for inner in [*reversed(folder.parents), *folder.rglob("*")]:
        if inner.is_dir() and inner.name:
            known.setdefault(inner.name, str(inner))
for folder in folders:
    for manifest in folder.rglob("package.xml"):
        name = re.search(r"<name>\s*(\S+?)\s*</name>", manifest.read_text(errors="replace"))
        if name:
            known[name.group(1)] = str(manifest.parent)

packages = types.ModuleType("ament_index_python.packages")
packages.get_package_share_directory = lambda name: known[name]
sys.modules["ament_index_python"] = types.ModuleType("ament_index_python")
sys.modules["ament_index_python.packages"] = packages

import xacro  # noqa: E402  (the index must stand before)

xacro.verbosity = 0


def word(text):
    try:
        return float(text)
    except ValueError:
        return text


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= 1e-12 * (1 + abs(b)) or a != a and b != b
    return a == b


def difference(a, b, path):
    """Where two elements differ first; None when they do not."""
    path = f"{path}/{a.tagName}"
    if a.tagName != b.tagName:
        return f"{path}: {a.tagName} / {b.tagName}"
    left, right = dict(a.attributes.items()), dict(b.attributes.items())
    texts = [[" ".join(n.data for n in one.childNodes if n.nodeType in (3, 4)) for one in (a, b)]]
    pairs = [(left.get(k), right.get(k)) for k in sorted({*left, *right})] + texts
    for one, other in pairs:
        if one is None or other is None:
            return f"{path}: attributes {left} / {right}"
        one, other = [word(w) for w in one.split()], [word(w) for w in other.split()]
        if len(one) != len(other) or not all(map(same, one, other)):
            return f"{path}: {one} / {other}"
    children = [[n for n in one.childNodes if n.nodeType == 1] for one in (a, b)]
    if len(children[0]) != len(children[1]):
        return f"{path}: {len(children[0])} / {len(children[1])} elements inside"
    for one, other in zip(*children):
        found = difference(one, other, path)
        if found:
            return found
    return None


agreed = refused = elements = 0
for folder in folders:
    for path in sorted(folder.rglob("*.xacro")):
        request = json.dumps({"file": str(path), "args": mappings, "packages": known})
        answer = json.loads(subprocess.run(["node", str(helper)], input=request, capture_output=True, text=True, check=True).stdout)
        try:
            theirs = xacro.process_file(str(path), mappings=dict(mappings)).documentElement
            # A property that is no str breaks their writer, not their expansion.
            theirs = xml.dom.minidom.parseString(theirs.toxml()).documentElement
            refusal = None
        except Exception as error:  # whatever Python raises is a refusal
            refusal = f"{type(error).__name__}: {error}".split("\n")[0]
        if refusal is not None or answer["urdf"] is None:
            if refusal is not None and answer["urdf"] is None:
                refused += 1
                print(f"both refuse {path.name}: {refusal} | {answer['fault']}")
            else:
                print(f"DIFFER {path}: theirs {refusal}, ours {answer['fault']}")
            continue
        ours = xml.dom.minidom.parseString(answer["urdf"].encode()).documentElement
        found = difference(ours, theirs, "")
        if found:
            print(f"DIFFER {path}: {found}")
        else:
            agreed += 1
            elements += len(ours.getElementsByTagName("*"))
print(f"{agreed} agree ({elements} elements), {refused} refused by both")
