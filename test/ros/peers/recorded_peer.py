"""Publishes numbered messages of several types and QoS, for tests of `twin record`.

Commands come as lines on stdin: `go` publishes for a second or two, `late` makes one more topic. Prints
{"event":"done"} as a JSON line when it has published.
"""

import json
import sys
import time

import rclpy
from geometry_msgs.msg import TransformStamped
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

rclpy.init()
node = rclpy.create_node("recorded_peer")
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
best = QoSProfile(depth=100, reliability=ReliabilityPolicy.BEST_EFFORT)
reliable = QoSProfile(depth=1000)


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


description = node.create_publisher(String, "/arm/robot_description", latched)
description.publish(String(data="<robot name='latched'/>"))
joints = node.create_publisher(JointState, "/arm/joint_states", reliable)
image = node.create_publisher(Image, "/arm/image", best)
static = node.create_publisher(TFMessage, "/tf_static", latched)
hidden = node.create_publisher(String, "/secret/chatter", reliable)
transform = TransformStamped()
transform.header.frame_id = "map"
transform.child_frame_id = "odom"
transform.transform.rotation.w = 1.0
static.publish(TFMessage(transforms=[transform]))
say(event="ready")
for line in sys.stdin:
    if line.strip() == "late":
        late = node.create_publisher(String, "/arm/late", latched)
        late.publish(String(data="I came later"))
        continue
    for i in range(300):
        message = JointState(name=["a", "b"], position=[0.001 * i, -1.0], velocity=[float(i), 0.0])
        message.header.stamp.sec = 1_000 + i
        message.header.stamp.nanosec = 7 * i
        joints.publish(message)
        if i % 30 == 0:
            picture = Image(height=64, width=64, encoding="mono8", step=64, data=bytes([i % 256]) * 4096)
            picture.header.stamp.sec = i
            image.publish(picture)
            hidden.publish(String(data="not wanted"))
        time.sleep(0.005)
    say(event="done")
