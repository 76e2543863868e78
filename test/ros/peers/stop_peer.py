"""A robot to be stopped, written with rclpy: a base that takes Twist, a monitor that takes TwistStamped, trajectory servers, and
another client that sends them goals.

JSON lines on stdin: {"do": "goal", "name": S} sends a goal of half a minute from the other client to server S; {"do": "late",
"name": S, "after": s} makes server S only then, and gives it a goal at once; {"do": "drop", "name": S}; {"do": "monitor",
"value": bool} makes or ends the monitor. On stdout: twists by type, goals that began and how they ended.
"""

import argparse
import json
import sys
import threading
import time

import rclpy
from action_msgs.msg import GoalStatus  # noqa: F401  (its type support must be there before actions)
from builtin_interfaces.msg import Duration
from control_msgs.action import FollowJointTrajectory
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.action import ActionClient, ActionServer, CancelResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectoryPoint

parser = argparse.ArgumentParser()
parser.add_argument("--urdf", required=True)
parser.add_argument("--joints", required=True)
args = parser.parse_args()
NAMES = args.joints.split(",")


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Robot(Node):
    def __init__(self):
        super().__init__("base")
        self.group = ReentrantCallbackGroup()
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.description = self.create_publisher(String, "robot_description", latched)
        self.description.publish(String(data=open(args.urdf).read()))
        self.joints = self.create_publisher(JointState, "joint_states", 10)
        self.create_timer(0.02, self.publish, callback_group=self.group)
        self.create_subscription(Twist, "cmd_vel", lambda m: self.on_twist("plain", m), 50, callback_group=self.group)
        self.servers = {}
        self.clients_ = {}

    def publish(self):
        message = JointState()
        message.header.stamp = self.get_clock().now().to_msg()
        message.name = NAMES
        message.position = [0.0] * len(NAMES)
        message.velocity = [0.0] * len(NAMES)
        self.joints.publish(message)

    def on_twist(self, kind, twist):
        say(event="twist", kind=kind, x=twist.linear.x)

    def serve(self, name):
        action = f"/{name}/follow_joint_trajectory"
        self.servers[name] = ActionServer(
            self,
            FollowJointTrajectory,
            action,
            execute_callback=lambda handle: self.execute(name, handle),
            cancel_callback=lambda _: CancelResponse.ACCEPT,
            callback_group=self.group,
        )
        self.clients_[name] = ActionClient(other, FollowJointTrajectory, action)

    def execute(self, name, handle):
        say(event="began", name=name)
        until = time.monotonic() + 30
        while time.monotonic() < until and not handle.is_cancel_requested:
            time.sleep(0.002)
        if handle.is_cancel_requested:
            handle.canceled()
            say(event="canceled", name=name)
        else:
            handle.succeed()
            say(event="finished", name=name)
        return FollowJointTrajectory.Result()

    def drop(self, name):
        self.clients_.pop(name).destroy()
        self.servers.pop(name).destroy()
        say(event="dropped", name=name)


def send(name):
    client = robot.clients_[name]
    if not client.wait_for_server(timeout_sec=10):
        say(event="no_server", name=name)
        return
    goal = FollowJointTrajectory.Goal()
    goal.trajectory.joint_names = NAMES
    goal.trajectory.points = [
        JointTrajectoryPoint(positions=[0.1] * len(NAMES), time_from_start=Duration(sec=30))
    ]
    client.send_goal_async(goal)


def late(name, after):
    time.sleep(after)
    robot.serve(name)
    send(name)


monitor = None


def set_monitor(value):
    global monitor
    if value and monitor is None:
        # A participant of its own: Fast DDS gives a topic one type in each.
        context = rclpy.Context()
        rclpy.init(context=context)
        monitor = Node("monitor", context=context)
        monitor.create_subscription(TwistStamped, "cmd_vel", lambda m: robot.on_twist("stamped", m.twist), 50)
        spinner = SingleThreadedExecutor(context=context)
        spinner.add_node(monitor)
        threading.Thread(target=spin, args=(spinner,), daemon=True).start()
    elif not value and monitor is not None:
        monitor.context.shutdown()
        monitor = None


def spin(executor):
    try:
        executor.spin()
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        pass


def listen():
    for line in sys.stdin:
        command = json.loads(line)
        what = command["do"]
        if what == "goal":
            threading.Thread(target=send, args=(command["name"],), daemon=True).start()
        elif what == "late":
            threading.Thread(target=late, args=(command["name"], command["after"]), daemon=True).start()
        elif what == "drop":
            robot.drop(command["name"])
        elif what == "monitor":
            set_monitor(command["value"])


rclpy.init()
other = Node("other_client")
robot = Robot()
robot.serve("arm_controller")
executor = MultiThreadedExecutor(8)
executor.add_node(robot)
executor.add_node(other)
threading.Thread(target=listen, daemon=True).start()
say(event="ready")
try:
    executor.spin()
except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
    pass
