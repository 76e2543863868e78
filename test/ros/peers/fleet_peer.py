"""Many robots in one process, each in its namespace with a description and joint states.

JSON lines on stdin: {"do": "start", "robots": [names]}, {"do": "end", "robots": [names]}; each is answered by a line on
stdout with the time at which the publishers were made or destroyed.
"""

import argparse
import json
import sys
import threading
import time

import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import String

parser = argparse.ArgumentParser()
parser.add_argument("--urdf", required=True)
parser.add_argument("--joints", required=True, help="comma separated")
parser.add_argument("--rate", type=float, default=10.0)
args = parser.parse_args()
NAMES = args.joints.split(",")
URDF = open(args.urdf, encoding="utf8").read()

rclpy.init()
node = Node("fleet_peer")
lock = threading.Lock()
robots = {}


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def start(name):
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    description = node.create_publisher(String, f"/{name}/robot_description", latched)
    description.publish(String(data=URDF))
    robots[name] = (description, node.create_publisher(JointState, f"/{name}/joint_states", 10))


def end(name):
    for publisher in robots.pop(name, ()):
        node.destroy_publisher(publisher)


def obey():
    for line in sys.stdin:
        command = json.loads(line)
        with lock:
            for name in command["robots"]:
                (start if command["do"] == "start" else end)(name)
        say(event=command["do"], at=time.time() * 1000)


threading.Thread(target=obey, daemon=True).start()
say(event="ready")
while rclpy.ok():
    with lock:
        for index, (_, joints) in enumerate(list(robots.values())):
            message = JointState(name=NAMES, position=[0.01 * index] * len(NAMES))
            message.header.stamp = node.get_clock().now().to_msg()
            joints.publish(message)
    time.sleep(1 / args.rate)
