"""Publishes 20 MB/s of images and 500 joint states a second for so many seconds at each line on stdin; prints the counts.

The line is the number of recorders whose subscriptions are waited for.
"""

import array
import json
import os
import sys
import time

import rclpy
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image, JointState

seconds = float(sys.argv[1])
image_bytes, image_rate, joint_rate = 400_000, 50, 500
rclpy.init()
node = rclpy.create_node("recorded_load")
images = node.create_publisher(Image, "/camera/image", QoSProfile(depth=50))
joints = node.create_publisher(JointState, "/joint_states", QoSProfile(depth=1000))
# Noise, as of a camera: it cannot be compressed.
pictures = [Image(height=500, width=800, encoding="mono8", step=800) for _ in range(16)]
for picture in pictures:
    picture.data = array.array("B", os.urandom(image_bytes))
state = JointState(name=[f"joint_{i}" for i in range(7)], velocity=[0.1] * 7, effort=[1.0] * 7)
print("ready", flush=True)
sent = {"images": 0, "joints": 0}
for line in sys.stdin:
    while images.get_subscription_count() != int(line) or joints.get_subscription_count() != 1 + int(line):
        time.sleep(0.05)
    begun = time.monotonic()
    for i in range(int(seconds * joint_rate)):
        wait = begun + i / joint_rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        now = time.time()
        state.header.stamp.sec, state.header.stamp.nanosec = int(now), int((now % 1) * 1e9)
        state.position = [now] + [0.01 * i] * 6
        joints.publish(state)
        sent["joints"] += 1
        if i % (joint_rate // image_rate) == 0:
            picture = pictures[sent["images"] % len(pictures)]
            picture.header.stamp = state.header.stamp
            images.publish(picture)
            sent["images"] += 1
    print(json.dumps({"sent": sent, "took": time.monotonic() - begun}), flush=True)
