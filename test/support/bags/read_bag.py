"""Prints the messages of FILE as `mcap` and `rosbags` read them: {"reader","topic","log","publish","bytes","decoded"}."""

import json
import sys
from pathlib import Path

from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rosbags.highlevel import AnyReader
from rosbags.typesys import Stores, get_typestore


def plain(value):
    """A decoded message as what JSON has."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (bytes, bytearray)):
        return list(value)
    if hasattr(value, "__slots__") and not isinstance(value, (str, int, float, bool)):
        names = [name for name in value.__slots__ if not name.startswith("_")]
        return {name: plain(getattr(value, name)) for name in names}
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__ if not name.startswith("_")}
    return value


def line(reader, topic, log, publish, data, decoded):
    print(
        json.dumps(
            {
                "reader": reader,
                "topic": topic,
                "log": str(log),
                "publish": str(publish),
                "bytes": bytes(data).hex(),
                "decoded": decoded,
            }
        )
    )


path = sys.argv[1]
factory = DecoderFactory()
with open(path, "rb") as stream:
    reader = make_reader(stream, decoder_factories=[factory], validate_crcs=True)
    for schema, channel, message in reader.iter_messages():
        decode = factory.decoder_for(channel.message_encoding, schema)
        decoded = None
        if decode is not None:
            decoded = plain(decode(message.data))
        elif channel.message_encoding == "json":
            decoded = json.loads(message.data)
        line("mcap", channel.topic, message.log_time, message.publish_time, message.data, decoded)
store = get_typestore(Stores.ROS2_JAZZY)
with AnyReader([Path(path)], default_typestore=store) as bag:
    for connection, log, data in bag.messages():
        decoded = plain(bag.deserialize(data, connection.msgtype)) if connection.msgdef.data else None
        line("rosbags", connection.topic, log, 0, data, decoded)
