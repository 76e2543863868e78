"""A robot on ROS 2 written with rclpy: the other end of the ROS tests, and nothing of twinbridge in it.

It publishes a latched URDF and joint states, serves FollowJointTrajectory, listens to cmd_vel, and
reports what it sees as JSON lines on stdout. Commands come as JSON lines on stdin.
"""

import argparse
import json
import math
import sys
import threading
import time

import rclpy
from action_msgs.msg import GoalStatus  # noqa: F401  (its type support must be there before actions)
from control_msgs.action import FollowJointTrajectory
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import String

parser = argparse.ArgumentParser()
parser.add_argument("--urdf", required=True)
parser.add_argument("--joints", required=True, help="comma separated")
parser.add_argument("--namespace", default="")
parser.add_argument("--rate", type=float, default=50.0)
parser.add_argument("--best-effort", action="store_true")
parser.add_argument("--stamped", action="store_true", help="cmd_vel is TwistStamped")
parser.add_argument("--no-action", action="store_true")
parser.add_argument("--no-joints", action="store_true")
parser.add_argument("--action", default="joint_trajectory_controller/follow_joint_trajectory")
parser.add_argument("--behaviour", default="succeed", choices=["succeed", "abort", "reject", "slow", "claim"])
args = parser.parse_args()


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Peer(Node):
    def __init__(self):
        super().__init__("rclpy_robot", namespace=args.namespace)
        self.names = args.joints.split(",")
        self.positions = [0.0] * len(self.names)
        self.velocities = [0.0] * len(self.names)
        self.sent = 0
        self.moving = True
        group = ReentrantCallbackGroup()
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.description = self.create_publisher(String, "robot_description", latched)
        self.description.publish(String(data=open(args.urdf).read()))
        sensor = QoSProfile(
            depth=10,
            reliability=ReliabilityPolicy.BEST_EFFORT if args.best_effort else ReliabilityPolicy.RELIABLE,
        )
        self.joints = self.create_publisher(JointState, "joint_states", sensor)
        self.odometry = self.create_publisher(Odometry, "odom", sensor)
        kind = TwistStamped if args.stamped else Twist
        self.create_subscription(kind, "cmd_vel", self.on_twist, 50, callback_group=group)
        if not args.no_joints:
            self.timer = self.create_timer(1.0 / args.rate, self.publish_joints, callback_group=group)
        self.started = time.monotonic()
        if not args.no_action:
            self.server = ActionServer(
                self,
                FollowJointTrajectory,
                args.action,
                execute_callback=self.execute,
                goal_callback=self.on_goal,
                cancel_callback=self.on_cancel,
                callback_group=group,
            )

    def publish_joints(self, stamp=None):
        message = JointState()
        message.header.stamp = self.get_clock().now().to_msg() if stamp is None else stamp
        message.name = self.names
        if self.moving:
            t = time.monotonic() - self.started
            self.positions = [0.3 * math.sin(t + i) for i in range(len(self.names))]
        message.position = self.positions
        message.velocity = self.velocities
        self.joints.publish(message)
        self.sent += 1
        odometry = Odometry()
        odometry.header.stamp = message.header.stamp
        odometry.header.frame_id = "odom"
        odometry.child_frame_id = "base_link"
        odometry.pose.pose.orientation.w = 1.0
        odometry.pose.pose.position.x = 0.001 * self.sent
        self.odometry.publish(odometry)

    def on_twist(self, message):
        twist = message.twist if args.stamped else message
        say(event="twist", x=twist.linear.x, yaw=twist.angular.z, at=time.time())

    def on_goal(self, goal):
        say(
            event="goal",
            joints=list(goal.trajectory.joint_names),
            points=[
                {
                    "positions": list(p.positions),
                    "velocities": list(p.velocities),
                    "time": p.time_from_start.sec + p.time_from_start.nanosec * 1e-9,
                }
                for p in goal.trajectory.points
            ],
            path_tolerance=[t.position for t in goal.path_tolerance],
            goal_tolerance=[t.position for t in goal.goal_tolerance],
            goal_time=goal.goal_time_tolerance.sec,
        )
        return GoalResponse.REJECT if args.behaviour == "reject" else GoalResponse.ACCEPT

    def on_cancel(self, _):
        say(event="cancel")
        return CancelResponse.ACCEPT

    def execute(self, handle):
        goal = handle.request.trajectory
        result = FollowJointTrajectory.Result()
        if args.behaviour == "abort":
            handle.abort()
            result.error_code = FollowJointTrajectory.Result.PATH_TOLERANCE_VIOLATED
            result.error_string = "joint off its path"
            return result
        self.moving = False
        if args.behaviour == "claim":  # success without having moved
            handle.succeed()
            result.error_code = FollowJointTrajectory.Result.SUCCESSFUL
            return result
        last = goal.points[-1]
        duration = last.time_from_start.sec + last.time_from_start.nanosec * 1e-9
        duration = 20.0 if args.behaviour == "slow" else duration
        start = list(self.positions)
        index = [self.names.index(name) for name in goal.joint_names]
        begun = time.monotonic()
        while True:
            if handle.is_cancel_requested:
                handle.canceled()
                say(event="canceled")
                result.error_string = "cancelled"
                return result
            share = min(1.0, (time.monotonic() - begun) / max(duration, 1e-3))
            positions = list(start)
            for j, i in enumerate(index):
                positions[i] = start[i] + share * (last.positions[j] - start[i])
            self.positions = positions
            feedback = FollowJointTrajectory.Feedback()
            feedback.joint_names = list(goal.joint_names)
            feedback.error.positions = [0.001] * len(index)
            handle.publish_feedback(feedback)
            if share >= 1.0:
                break
            time.sleep(0.05)
        handle.succeed()
        result.error_code = FollowJointTrajectory.Result.SUCCESSFUL
        say(event="succeeded")
        return result


def flood(peer, rate, seconds):
    """Publishes joint states at a steady rate and says how many went out."""
    peer.timer.cancel()
    time.sleep(0.3)
    before = peer.sent
    begun = time.monotonic()
    for i in range(int(rate * seconds)):
        wait = begun + i / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        peer.publish_joints()
    say(event="flooded", sent=peer.sent - before, total=peer.sent, took=time.monotonic() - begun)


def commands(peer, executor):
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "set":
            peer.moving = False
            peer.positions = command["positions"]
            say(event="set")
        elif command["do"] == "nan":
            message = JointState(name=peer.names, position=[math.nan] * len(peer.names))
            message.header.stamp = peer.get_clock().now().to_msg()
            peer.joints.publish(message)
            say(event="nan")
        elif command["do"] == "describe":
            peer.description.publish(String(data=open(command["urdf"]).read()))
            say(event="described")
        elif command["do"] == "flood":
            flood(peer, command["rate"], command["seconds"])
        elif command["do"] == "sent":
            say(event="sent", total=peer.sent)
    executor.shutdown()


rclpy.init()
node = Peer()
spinner = MultiThreadedExecutor(num_threads=6)
spinner.add_node(node)
threading.Thread(target=commands, args=(node, spinner), daemon=True).start()
say(event="ready")
try:
    spinner.spin()
except KeyboardInterrupt:
    pass
