"""Writes the bags of a test with the package rosbags into FOLDER, and prints what is in them, message by message."""

import json
import math
import sys
from pathlib import Path

import numpy as np
from rosbags.interfaces import (
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

folder = Path(sys.argv[1])
urdf = Path(sys.argv[2]).read_text()
store = get_typestore(Stores.ROS2_JAZZY)
types = store.types
Header = types["std_msgs/msg/Header"]
Time = types["builtin_interfaces/msg/Time"]
Vector3 = types["geometry_msgs/msg/Vector3"]
Point = types["geometry_msgs/msg/Point"]
Quaternion = types["geometry_msgs/msg/Quaternion"]
never = QosTime(9223372036, 854775807)
latched = Qos(
    QosHistory.KEEP_LAST,
    1,
    QosReliability.RELIABLE,
    QosDurability.TRANSIENT_LOCAL,
    never,
    never,
    QosLiveliness.AUTOMATIC,
    never,
    False,
)


def header(i: int, frame: str):
    return Header(stamp=Time(sec=1_700_000_000 + i // 50, nanosec=(i % 50) * 20_000_000 + 7), frame_id=frame)


def messages():
    """Topic, type, log time and message, in the order of time."""
    begin = 1_700_000_000_000_000_000
    yield "/robot_description", begin, types["std_msgs/msg/String"](data=urdf)
    yield "/chatter", begin + 1, types["std_msgs/msg/String"](data="nobody listens")
    for i in range(400):
        at = begin + i * 20_000_000 + 1000
        angle = math.sin(i / 40)
        yield "/joint_states", at, types["sensor_msgs/msg/JointState"](
            header=header(i, ""),
            name=["first", "second"],
            position=np.array([angle, -0.5 * angle]),
            velocity=np.array([0.1 * i, 1.0 / (i + 1)]),
            effort=np.array([], dtype=np.float64),
        )
        half = angle / 2
        turned = Quaternion(x=0.0, y=0.0, z=math.sin(half), w=math.cos(half))
        if i % 4 == 0:
            yield "/odom", at + 1, types["nav_msgs/msg/Odometry"](
                header=header(i, "odom"),
                child_frame_id="base_link",
                pose=types["geometry_msgs/msg/PoseWithCovariance"](
                    pose=types["geometry_msgs/msg/Pose"](position=Point(x=0.01 * i, y=0.5, z=0.0), orientation=turned),
                    covariance=np.zeros(36),
                ),
                twist=types["geometry_msgs/msg/TwistWithCovariance"](
                    twist=types["geometry_msgs/msg/Twist"](
                        linear=Vector3(x=0.5, y=0.0, z=0.0), angular=Vector3(x=0.0, y=0.0, z=0.25)
                    ),
                    covariance=np.zeros(36),
                ),
            )
        if i % 10 == 0:
            yield "/tf", at + 2, types["tf2_msgs/msg/TFMessage"](
                transforms=[
                    types["geometry_msgs/msg/TransformStamped"](
                        header=header(i, "map"),
                        child_frame_id="odom",
                        transform=types["geometry_msgs/msg/Transform"](
                            translation=Vector3(x=1.0, y=2.0, z=0.0), rotation=turned
                        ),
                    )
                ]
            )


def write(name: str, plugin: StoragePlugin, mode=None) -> None:
    writer = Writer(folder / name, version=9, storage_plugin=plugin)
    if mode is not None:
        writer.set_compression(mode, CompressionFormat.ZSTD)
    with writer:
        connections = {}
        for topic, at, message in messages():
            if topic not in connections:
                qos = [latched] if topic == "/robot_description" else []
                connections[topic] = writer.add_connection(
                    topic, message.__msgtype__, typestore=store, offered_qos_profiles=qos
                )
            writer.write(connections[topic], at, store.serialize_cdr(message, message.__msgtype__))


write("mcap", StoragePlugin.MCAP)
write("mcap-zstd", StoragePlugin.MCAP, CompressionMode.STORAGE)
write("sqlite", StoragePlugin.SQLITE3)
write("sqlite-zstd", StoragePlugin.SQLITE3, CompressionMode.MESSAGE)
for topic, at, message in messages():
    line = {"topic": topic, "log": at, "bytes": bytes(store.serialize_cdr(message, message.__msgtype__)).hex()}
    if topic == "/joint_states":
        stamp = message.header.stamp
        line |= {
            "stamp": [stamp.sec, stamp.nanosec],
            "name": message.name,
            "position": list(message.position),
            "velocity": list(message.velocity),
        }
    elif topic == "/odom":
        stamp = message.header.stamp
        p, q = message.pose.pose.position, message.pose.pose.orientation
        line |= {"stamp": [stamp.sec, stamp.nanosec], "pose": [p.x, p.y, p.z, q.x, q.y, q.z, q.w]}
    print(json.dumps(line))
