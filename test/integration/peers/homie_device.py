"""A Homie 5 device with a child by ebus-sdk, driven by JSON lines on stdin; tells what is set.

Argument: broker's port. Has a property of every datatype. See `steer`. Ends with stdin.
"""

import json
import sys
import time

from ebus_sdk.homie import Device, DeviceState, Node, Property, PropertyDatatype, Unit

PROPERTIES = [
    ("integer", 5, "0:10", True),
    ("float", 0.5, "-1:1", True),
    ("boolean", False, None, True),
    ("string", "", None, True),
    ("enum", "slow", "slow,fast", True),
    ("color", "rgb,1,2,3", "rgb,hsv", True),
    ("datetime", "2026-11-24T12:00:00Z", None, True),
    ("duration", "PT1H5M", None, True),
    ("json", {"a": [1, 2]}, None, True),
    ("float", 21.5, None, False),
]


def tell(**what):
    print(json.dumps(what), flush=True)


devices = {}
properties = {}


def add_node(device, kinds):
    node = devices[device].add_node(Node(id="all", name="All", type="test"))
    for kind, value, form, settable in kinds:
        name = kind if settable else f"read-{kind}"

        def wish(value, name=name, kind=kind, device=device):
            tell(set=name, value=value)
            if kind == "boolean":
                # It hands the text on.
                value = value in (True, "true")
            properties[device, name].set_value(value)

        made = Property(
            id=name,
            value=value,
            name=name,
            datatype=PropertyDatatype(kind),
            format=form,
            settable=settable,
            set_callback=wish,
            unit=Unit.DEGREE_CELSIUS if name == "read-float" else None,
        )
        properties[device, name] = made
        node.add_property(made)



def steer(op, line):
    if op == "start":
        root = Device(
            "machine",
            name="Machine",
            mqtt_cfg={"host": "127.0.0.1", "port": int(sys.argv[1])},
            homie_domain="homie",
        )
        devices["machine"] = root
        root.start_mqtt_client()
        # Said before the link is up it is lost or said twice, as the network's thread comes by.
        while not root.is_connected():
            time.sleep(0.01)
        with root.state_transition():
            add_node("machine", PROPERTIES)
        child = Device("machine-arm", name="Arm", parent=root)
        devices["machine-arm"] = child
        with child.state_transition():
            add_node("machine-arm", PROPERTIES[:1])
    elif op == "value":
        properties[line["device"], line["property"]].set_value(line["value"])
    elif op == "state":
        devices[line["device"]].set_state(DeviceState(line["state"]))
    elif op == "alert":
        devices["machine"].publish_alert("heat", "too hot")
    elif op == "stop":
        devices["machine"].stop()


for text in sys.stdin:
    line = json.loads(text)
    steer(line["op"], line)
    tell(done=line["op"])
