"""A Sparkplug edge node by pysparkplug, driven by JSON lines on stdin; tells on stdout what it was commanded.

Arguments: broker's port. `{"op": "birth"}` connects; see `steer` for the rest. Ends with stdin.
"""

import json
import sys
import threading

from pysparkplug import (
    Client,
    DataType,
    Device,
    DBirth,
    EdgeNode,
    Message,
    MessageType,
    Metric,
    NBirth,
    QoS,
    Topic,
    get_current_timestamp,
)

GROUP, NODE, DEVICE = "plant", "cell-1", "arm"
rebirths_answered = True


def tell(**what):
    print(json.dumps(what), flush=True)


def metric(name, kind, value, timestamp=None, **more):
    stamp = get_current_timestamp() if timestamp is None else timestamp
    return Metric(timestamp=stamp, name=name, datatype=DataType[kind], value=value, **more)


class Node(EdgeNode):
    """pysparkplug leaves the rebirth to its users."""

    def rebirth(self):
        # Its own `bdSeq` metric is already the next connection's.
        session = metric("bdSeq", "INT64", self._bd_seq_metric.value - 1)
        birth = NBirth(get_current_timestamp(), self._seq, (*self.metrics.values(), session))
        self.publish(MessageType.NBIRTH, None, birth)
        for device in self.devices.values():
            payload = DBirth(get_current_timestamp(), self._seq, tuple(device.metrics.values()))
            self.publish(MessageType.DBIRTH, device.device_id, payload)

    def publish(self, kind, device, payload):
        topic = Topic(message_type=kind, group_id=GROUP, edge_node_id=NODE, device_id=device)
        message = Message(topic=topic, payload=payload, qos=QoS.AT_MOST_ONCE, retain=False)
        self._client.publish(message, include_dtypes=True)

    def skip_number(self):
        return self._seq


def on_command(node, message):
    wanted = {m.name: m for m in message.payload.metrics}
    tell(
        topic=str(message.topic),
        metrics=[
            {"name": m.name, "alias": m.alias, "datatype": m.datatype.name, "value": m.value}
            for m in message.payload.metrics
        ],
    )
    if message.topic.message_type == MessageType.NCMD:
        if "Node Control/Rebirth" in wanted and rebirths_answered:
            # Not in the network's own thread.
            threading.Thread(target=node.rebirth).start()
        return
    for m in message.payload.metrics:
        node.update_device(DEVICE, [metric(m.name, m.datatype.name, m.value)])


node = Node(
    GROUP,
    NODE,
    [
        metric("Node Control/Rebirth", "BOOLEAN", False),
        metric("Properties/Hardware Make", "STRING", "Präzision"),
        metric("load", "DOUBLE", 0.25),
    ],
    client=Client(),
    cmd_callback=on_command,
)
device = Device(
    DEVICE,
    [
        metric("temp", "FLOAT", 20.5),
        metric("least", "INT64", -(2**63)),
        metric("most", "INT64", 2**63 - 1),
        metric("count", "UINT64", 2**64 - 1),
        metric("small", "INT8", -128),
        metric("axes", "INT16_ARRAY", (1, -2)),
        metric("blob", "BYTES", b"\x00\xff"),
        metric("out", "INT32", 0),
        metric("label", "STRING", ""),
    ],
    cmd_callback=on_command,
)
node.register(device)


def steer(op, line):
    global rebirths_answered
    if op == "birth":
        node.connect("127.0.0.1", port=int(sys.argv[1]))
    elif op == "node":
        node.update([metric(line["name"], line["kind"], line["value"])])
    elif op == "device":
        more = {"is_historical": True} if line.get("historical") else {}
        made = metric(line["name"], line["kind"], line["value"], line.get("timestamp"), **more)
        node.update_device(DEVICE, [made])
    elif op == "null":
        node.update_device(DEVICE, [metric(line["name"], line["kind"], None, is_null=True)])
    elif op == "skip":
        node.skip_number()
    elif op == "unregister":
        node.deregister(DEVICE)
    elif op == "deaf":
        rebirths_answered = False
    elif op == "disconnect":
        node.disconnect()


for text in sys.stdin:
    line = json.loads(text)
    steer(line["op"], line)
    tell(done=line["op"])
