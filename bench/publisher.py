"""Publishes JointState at a steady rate; position[0] is the wall clock at publishing, in seconds.

Waits for a line on stdin, publishes, and prints how many went out as JSON.
"""

import json
import sys
import time

import rclpy
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState

rate, seconds, joints = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
rclpy.init()
node = rclpy.create_node("bench_publisher")
publisher = node.create_publisher(JointState, "joint_states", QoSProfile(depth=1000))
message = JointState(name=[f"joint_{i}" for i in range(joints)])
message.velocity = [0.1] * joints
message.effort = [1.0] * joints
print("ready", flush=True)
for line in sys.stdin:
    begun = time.monotonic()
    count = int(rate * seconds)
    for i in range(count):
        wait = begun + i / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        now = time.time()
        message.header.stamp.sec = int(now)
        message.header.stamp.nanosec = int((now % 1) * 1e9)
        message.position = [now] + [0.01 * i] * (joints - 1)
        publisher.publish(message)
    print(json.dumps({"sent": count, "took": time.monotonic() - begun}), flush=True)
