"""A robot's sensors: a scan, a cloud, a map, a camera and tf, and what numpy says of where things are.

sensor_peer.py POINTS HZ prints {"event": "truth", ...} and {"event": "listeners", ...} of the scan. {"do": "stop"} ends the scan, {"do": "garbage", "count": n} publishes scans whose numbers lie.
"""

import json
import math
import sys
import threading
import time

import numpy as np
import rclpy
from geometry_msgs.msg import PoseStamped, TransformStamped
from nav_msgs.msg import OccupancyGrid, Path
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image, LaserScan, PointCloud2, PointField
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

POINTS = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
RATE = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
URDF = '<robot name="cart"><link name="base_link"/></robot>'


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def transform(parent, child, x, y, z, yaw, stamp=None):
    t = TransformStamped()
    t.header.frame_id, t.child_frame_id = parent, child
    if stamp is not None:
        t.header.stamp = stamp
    t.transform.translation.x, t.transform.translation.y, t.transform.translation.z = float(x), float(y), float(z)
    t.transform.rotation.z, t.transform.rotation.w = math.sin(yaw / 2), math.cos(yaw / 2)
    return t


def matrix(x, y, z, yaw):
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s, 0, x], [s, c, 0, y], [0, 0, 1, z], [0, 0, 0, 1]])


def base_at(t):
    """x, y, yaw of the base at time t, s: it drives a circle."""
    return math.cos(0.5 * t), math.sin(0.5 * t), 0.5 * t + math.pi / 2


rclpy.init()
node = rclpy.create_node("sensors")
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
sensor = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
description = node.create_publisher(String, "robot_description", latched)
description.publish(String(data=URDF))
static = node.create_publisher(TFMessage, "tf_static", latched)
tf = node.create_publisher(TFMessage, "tf", 50)
scan = node.create_publisher(LaserScan, "scan", sensor)
cloud = node.create_publisher(PointCloud2, "points", 5)
grid = node.create_publisher(OccupancyGrid, "map", latched)
image = node.create_publisher(Image, "camera/image_raw", sensor)
depth = node.create_publisher(Image, "camera/depth", sensor)
packed = node.create_publisher(CompressedImage, "camera/compressed", sensor)
path = node.create_publisher(Path, "plan", latched)

LASER = (0.2, 0.1, 0.3, 0.4)
static.publish(TFMessage(transforms=[transform("base_link", "laser", *LASER), transform("map", "odom", 2, 0, 0, 0.1)]))

cells = np.full((60, 80), -1, np.int8)
cells[10:50, 10:70] = 0
cells[20:25, 30:40] = 100
message = OccupancyGrid()
message.header.frame_id = "map"
message.info.resolution = 0.05
message.info.width, message.info.height = 80, 60
message.info.origin.position.x, message.info.origin.orientation.w = -1.0, 1.0
message.data = cells.flatten().tolist()
grid.publish(message)

way = Path()
way.header.frame_id = "map"
for i in range(3000):
    pose = PoseStamped()
    pose.pose.position.x, pose.pose.orientation.w = 0.01 * i, 1.0
    way.poses.append(pose)
path.publish(way)

rng = np.random.default_rng(7)
points = rng.uniform(-3, 3, (POINTS, 3)).astype(np.float32)
ranges = (2 + np.sin(np.arange(360) / 20)).astype(np.float32)
ranges[10:20] = np.inf
picture = np.zeros((480, 640, 3), np.uint8)
picture[:240, :, 0] = 200
picture[240:, :, 2] = 220
metres = np.full((480, 640), 1.5, np.float32)
metres[:, :320] = np.nan
# One pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)
state = {"scans": True, "garbage": 0}


def listen():
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "stop":
            state["scans"] = False
        if command["do"] == "garbage":
            state["garbage"] = command["count"]


threading.Thread(target=listen, daemon=True).start()
threading.Thread(target=rclpy.spin, args=(node,), daemon=True).start()
say(event="ready", points=[float(v) for v in points[:5].flatten()], ranges=[float(v) for v in ranges[:5]])
number = 0
listeners = -1
try:
    while True:
        began = time.time()
        if scan.get_subscription_count() != listeners:
            listeners = scan.get_subscription_count()
            say(event="listeners", count=listeners)
        now = node.get_clock().now()
        stamp = now.to_msg()
        seconds = stamp.sec + stamp.nanosec * 1e-9
        x, y, yaw = base_at(seconds % 1000)
        tf.publish(TFMessage(transforms=[transform("odom", "base_link", x, y, 0, yaw, stamp)]))
        if state["scans"] and number % 2 == 0 and state["garbage"] == 0:
            found = LaserScan()
            found.header.stamp, found.header.frame_id = stamp, "laser"
            found.angle_min, found.angle_increment = -math.pi, 2 * math.pi / 360
            found.angle_max, found.range_min, found.range_max = math.pi, 0.1, 10.0
            found.ranges = ranges.tolist()
            scan.publish(found)
            # Where numpy says that ray 100 ends on the floor of odometry.
            angle = found.angle_min + 100 * found.angle_increment
            end = np.array([ranges[100] * math.cos(angle), ranges[100] * math.sin(angle), 0, 1])
            at = matrix(x, y, 0, yaw) @ matrix(*LASER) @ end
            say(event="truth", sec=stamp.sec, nanosec=stamp.nanosec, at=at[:3].tolist())
        # Not beside a good one, and not too often: of several at once only one is looked at.
        if state["garbage"] > 0 and number % 2 == 1:
            state["garbage"] -= 1
            bad = LaserScan()
            bad.header.frame_id = "laser"
            bad.angle_increment = math.nan
            bad.ranges = [1.0] * 10
            scan.publish(bad)
        if number % 4 == 0:
            one = PointCloud2()
            one.header.stamp, one.header.frame_id = stamp, "laser"
            one.height, one.width = 1, len(points)
            one.fields = [PointField(name=n, offset=4 * k, datatype=7, count=1) for k, n in enumerate("xyz")]
            one.point_step, one.row_step = 12, 12 * len(points)
            one.data = points.tobytes()
            cloud.publish(one)
        for publisher, encoding, step, data in (
            (image, "rgb8", 1920, picture),
            (depth, "32FC1", 2560, metres),
        ):
            shot = Image()
            shot.header.stamp, shot.header.frame_id = stamp, "camera"
            shot.height, shot.width, shot.encoding, shot.step = 480, 640, encoding, step
            shot.data = data.tobytes()
            publisher.publish(shot)
        small = CompressedImage()
        small.header.stamp, small.format, small.data = stamp, "png", PNG
        packed.publish(small)
        number += 1
        time.sleep(max(0.0, 1 / RATE - (time.time() - began)))
except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException, rclpy._rclpy_pybind11.RCLError):
    pass
