"""A robot with a camera (640 × 480 rgb8, 30 Hz), a cloud (100,000 points, 10 Hz), a map (4000 × 4000) and joint states (99 Hz).

With the argument `page` its camera has 1280 × 720 pixels, its 60 links have shapes and move, and a FollowJointTrajectory server takes
goals and ends them at once: for what a page draws.

Their stamps are the wall clock at publishing; position[0] of joint states is it, too. Messages are serialized once, and their
stamps written into the bytes: so the publisher costs little beside what is measured.
"""

import math
import os
import signal
import sys
import threading
import time

import numpy as np
import rclpy
from nav_msgs.msg import OccupancyGrid
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image, JointState, PointCloud2, PointField
from std_msgs.msg import String

PAGE = sys.argv[1:] == ["page"]
JOINTS = 60 if PAGE else 30
WIDTH, HEIGHT = (1280, 720) if PAGE else (640, 480)
shape = '<visual><geometry><cylinder radius="0.03" length="0.1"/></geometry></visual>' if PAGE else ""
limit = '<limit velocity="1" effort="10"/>' if PAGE else ""
origin = '<origin xyz="0.05 0 0.03"/>' if PAGE else ""
links = "".join(f'<link name="l{i}">{shape}</link>' for i in range(JOINTS + 1))
joints = "".join(
    f'<joint name="joint_{i}" type="continuous">{origin}<parent link="l{i}"/><child link="l{i + 1}"/><axis xyz="0 0 1"/>{limit}</joint>'
    for i in range(JOINTS)
)

# Joint states come from a process of their own: a large message holds up the others of its process.
states_process = os.fork()
rclpy.init()
node = rclpy.create_node("stream_publisher" if states_process != 0 else "stream_states")
def joint_states():
    states = node.create_publisher(JointState, "joint_states", QoSProfile(depth=100))
    message = JointState(name=[f"joint_{i}" for i in range(JOINTS)])
    due = time.monotonic()
    while True:
        due += 1 / 99
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        now = time.time()
        message.header.stamp.sec = int(now)
        message.header.stamp.nanosec = int((now % 1) * 1e9)
        message.position = [now] + [0.1] * (JOINTS - 1)
        if PAGE:
            message.position = [0.1 * math.sin(now + i) for i in range(JOINTS)]
            message.velocity = [0.1 * math.cos(now + i) for i in range(JOINTS)]
        states.publish(message)


if states_process == 0:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    joint_states()
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
sensor = QoSProfile(depth=2, reliability=ReliabilityPolicy.RELIABLE)
description = node.create_publisher(String, "robot_description", latched)
description.publish(String(data=f'<robot name="stream">{links}{joints}</robot>'))
camera = node.create_publisher(Image, "camera/image", sensor)
cloud = node.create_publisher(PointCloud2, "points", sensor)
maps = node.create_publisher(OccupancyGrid, "map", latched)
random = np.random.default_rng(1)


def picture():
    """Gradients with some noise, as a room has: neither the best nor the worst of JPEG."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    image = np.stack([x * 255 // WIDTH, y * 255 // HEIGHT, (x + y) % 256], axis=2).astype(np.uint8)
    image[100:300, 200:400] = random.integers(0, 255, (200, 200, 3), dtype=np.uint8)
    message = Image(width=WIDTH, height=HEIGHT, encoding="rgb8", step=3 * WIDTH)
    message.header.frame_id = "l1"
    message.data.frombytes(image.tobytes())
    return message


def points():
    message = PointCloud2(width=100_000, height=1, point_step=16, row_step=1_600_000, is_dense=True)
    message.header.frame_id = "l1"
    for i, name in enumerate(["x", "y", "z", "intensity"]):
        message.fields.append(PointField(name=name, offset=4 * i, datatype=PointField.FLOAT32, count=1))
    message.data.frombytes(random.uniform(-10, 10, (100_000, 4)).astype(np.float32).tobytes())
    return message


def grid():
    message = OccupancyGrid()
    message.header.frame_id = "map"
    message.info.resolution, message.info.width, message.info.height = 0.05, 4000, 4000
    message.info.origin.orientation.w = 1.0
    cells = np.zeros((4000, 4000), dtype=np.int8)
    cells[::200, :] = 100
    cells[:, ::200] = 100
    cells[3000:, :] = -1
    message.data.frombytes(cells.tobytes())
    return message


def every(rate, message, publisher):
    """Publishes with the stamp, which is the first field behind the CDR header, anew each time."""
    raw = bytearray(serialize_message(message))
    period = 1 / rate
    due = time.monotonic()
    while True:
        due += period
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        now = time.time()
        raw[4:8] = int(now).to_bytes(4, "little")
        raw[8:12] = int((now % 1) * 1e9).to_bytes(4, "little")
        publisher.publish(bytes(raw))


def take_goals():
    """A controller that ends each goal at once."""
    from control_msgs.action import FollowJointTrajectory
    from rclpy.action import ActionServer

    def execute(goal):
        goal.succeed()
        return FollowJointTrajectory.Result()

    server = ActionServer(node, FollowJointTrajectory, "arm_controller/follow_joint_trajectory", execute)
    rclpy.spin(node)
    return server


if PAGE:
    threading.Thread(target=take_goals, daemon=True).start()
else:
    maps.publish(grid())
for args in ((30, picture(), camera), (10, points(), cloud)):
    threading.Thread(target=every, args=args, daemon=True).start()
signal.signal(signal.SIGTERM, lambda *_: (os.kill(states_process, signal.SIGTERM), os._exit(0)))
print("ready", flush=True)
sys.stdin.read()
os.kill(states_process, signal.SIGTERM)
