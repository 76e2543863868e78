"""Reads recordings of recording-process.mjs with every reader there is, and prints what each found, a line a file."""

import json
import sys
from pathlib import Path

from mcap.reader import NonSeekingReader, SeekingReader
from rosbags.highlevel import AnyReader
from rosbags.typesys import Stores, get_typestore

for path in sys.argv[1:]:
    with open(path, "rb") as stream:
        reader = SeekingReader(stream, validate_crcs=True)
        statistics = reader.get_summary().statistics
        found = [(c.topic, m.publish_time, m.data) for _, c, m in reader.iter_messages()]
    with open(path, "rb") as stream:
        linear = sum(1 for _ in NonSeekingReader(stream, validate_crcs=True).iter_messages())
    chatter = [one for one in found if one[0] == "/chatter"]
    numbers = [int(data[8:].split(b"x")[0]) for _, _, data in chatter]
    bags = 0
    with AnyReader([Path(path)], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as bag:
        for connection, _, data in bag.messages():
            text = bag.deserialize(data, connection.msgtype).data
            assert int(text.split("x")[0]) == bags
            bags += 1
    print(
        json.dumps(
            {
                "path": path,
                "indexed": len(found),
                "counted": statistics.message_count,
                "linear": linear,
                "chatter": len(chatter),
                "inOrder": numbers == list(range(len(numbers))),
                "rosbags": bags,
                "newest": chatter[-1][1] // 1_000_000 if chatter else 0,
            }
        )
    )
