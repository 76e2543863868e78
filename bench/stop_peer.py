"""A robot for the bench of the stop: takes twists and trajectory goals, and prints when each ends, by the wall clock in ms."""

import json
import sys
import threading
import time

import rclpy
from action_msgs.msg import GoalStatus  # noqa: F401  (its type support must be there before actions)
from control_msgs.action import FollowJointTrajectory
from geometry_msgs.msg import Twist
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String

JOINTS = int(sys.argv[1])
LINK = '<link name="l{0}"/>'
JOINT = (
    '<joint name="joint_{0}" type="continuous"><parent link="l{0}"/><child link="l{1}"/><axis xyz="0 0 1"/>'
    '<limit effort="10" velocity="1"/></joint>'
)
URDF = (
    '<robot name="bench">'
    + "".join(LINK.format(i) for i in range(JOINTS + 1))
    + "".join(JOINT.format(i, i + 1) for i in range(JOINTS))
    + "</robot>"
)
lock = threading.Lock()


def say(event):
    with lock:
        sys.stdout.write(json.dumps({"event": event, "at": time.time() * 1000}) + "\n")
        sys.stdout.flush()


class Robot(Node):
    def __init__(self):
        super().__init__("bench_robot")
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.description = self.create_publisher(String, "robot_description", latched)
        self.description.publish(String(data=URDF))
        self.moves = False
        group = ReentrantCallbackGroup()
        self.create_subscription(Twist, "cmd_vel", self.twist, 10, callback_group=group)
        self.server = ActionServer(
            self,
            FollowJointTrajectory,
            "arm_controller/follow_joint_trajectory",
            execute_callback=self.execute,
            goal_callback=lambda _: GoalResponse.ACCEPT,
            cancel_callback=self.cancel,
            callback_group=group,
        )
        self.ended = threading.Event()

    def twist(self, message):
        moves = message.linear.x != 0.0
        if moves != self.moves:
            say("drives" if moves else "zero")
        self.moves = moves

    def cancel(self, _):
        if not self.ended.is_set():
            say("canceled")
        self.ended.set()
        return CancelResponse.ACCEPT

    def execute(self, handle):
        self.ended.clear()
        say("goal")
        self.ended.wait(20)
        result = FollowJointTrajectory.Result()
        for _ in range(1000):
            if handle.is_cancel_requested:
                handle.canceled()
                return result
            time.sleep(0.001)
        handle.abort()
        return result


rclpy.init()
robot = Robot()
executor = MultiThreadedExecutor(4)
executor.add_node(robot)
print("ready", flush=True)
executor.spin()
