"""A base with Nav2's navigators, written with rclpy: NavigateToPose and NavigateThroughPoses of a node `bt_navigator`, with
feedback at 20 Hz, which refuses a goal while its other action runs; a newer goal of the same action takes over; a cancelled
one stands. Without it (`--without navigators`) subscribers of `goal_pose` and `initialpose`. Services: `home` (Trigger),
`lamp` (SetBool), `forbidden` (Trigger).

JSON lines on stdin: {"do": "fail", "code": N}: the next goal is aborted with it on half of its way; {"do": "mute", "value":
bool}: no feedback; {"do": "reject", "value": bool}; {"do": "slow", "seconds": s}: how long `home` takes; {"do": "leave"}; on
stdout what happens.
"""

import argparse
import math
import threading
import time

import rclpy
from action_msgs.msg import GoalStatus  # noqa: F401  (its type support must be there before actions)
from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped, Twist
from nav2_msgs.action import NavigateThroughPoses, NavigateToPose
from nav_msgs.msg import Odometry
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger

from serving import leaving, say, serve

parser = argparse.ArgumentParser()
parser.add_argument("--urdf", required=True)
parser.add_argument("--without", action="append", default=[], help="navigators, services or odometry")
args = parser.parse_args()
PERIOD = 0.02
SPEED = 0.5
lock = threading.RLock()
settings = {"mute": False, "reject": False, "fail": None, "slow": 0.0}


def yaw_of(q):
    return 2 * math.atan2(q.z, q.w)


def place(pose):
    at = pose.pose
    return {"frame": pose.header.frame_id, "x": at.position.x, "y": at.position.y, "yaw": yaw_of(at.orientation)}


class Base(Node):
    def __init__(self):
        super().__init__("base")
        self.x = self.y = self.yaw = 0.0
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.description = self.create_publisher(String, "robot_description", latched)
        self.description.publish(String(data=open(args.urdf).read()))
        self.states = self.create_publisher(JointState, "joint_states", 10)
        self.odometry = self.create_publisher(Odometry, "odom", 10)
        self.create_subscription(Twist, "cmd_vel", lambda m: say(event="twist", x=m.linear.x), 10)
        if "services" not in args.without:
            group = ReentrantCallbackGroup()
            self.create_service(Trigger, "home", self.home, callback_group=group)
            self.create_service(SetBool, "lamp", self.lamp, callback_group=group)
            self.create_service(Trigger, "forbidden", self.home, callback_group=group)
        if "navigators" in args.without:
            self.create_subscription(PoseStamped, "goal_pose", lambda m: say(event="goal_pose", **place(m)), 10)
            self.create_subscription(
                PoseWithCovarianceStamped,
                "initialpose",
                lambda m: say(event="initialpose", frame=m.header.frame_id, x=m.pose.pose.position.x),
                10,
            )
        self.create_timer(PERIOD, self.publish)

    def home(self, _, response):
        say(event="service", name="home")
        time.sleep(settings["slow"])
        response.success = settings["fail"] is None
        response.message = "homed" if response.success else "a limit switch is stuck"
        return response

    def lamp(self, request, response):
        say(event="service", name="lamp", data=request.data)
        response.success = True
        return response

    def publish(self):
        stamp = self.get_clock().now().to_msg()
        joints = JointState(name=["j1", "finger_joint", "jaw_joint"], position=[0.0, 0.0, 0.0])
        joints.header.stamp = stamp
        self.states.publish(joints)
        if "odometry" in args.without:
            return
        message = Odometry()
        message.header.stamp = stamp
        message.header.frame_id = "odom"
        message.child_frame_id = "base_link"
        with lock:
            message.pose.pose.position.x = self.x
            message.pose.pose.position.y = self.y
            message.pose.pose.orientation.z = math.sin(self.yaw / 2)
            message.pose.pose.orientation.w = math.cos(self.yaw / 2)
        self.odometry.publish(message)


class Navigators(Node):
    def __init__(self):
        super().__init__("bt_navigator")
        self.running = None
        self.newest = None
        group = ReentrantCallbackGroup()
        self.servers = [
            ActionServer(
                self,
                kind,
                name,
                execute_callback=lambda handle, kind=kind: self.execute(kind, handle),
                goal_callback=lambda _, kind=kind: self.decide(kind),
                cancel_callback=lambda _: CancelResponse.ACCEPT,
                callback_group=group,
            )
            for kind, name in ((NavigateToPose, "navigate_to_pose"), (NavigateThroughPoses, "navigate_through_poses"))
        ]

    def decide(self, kind):
        with lock:
            other = self.running is not None and self.running is not kind
            say(event="asked", action=kind.__name__, refused=other or settings["reject"])
            return GoalResponse.REJECT if other or settings["reject"] else GoalResponse.ACCEPT

    def execute(self, kind, handle):
        goal = handle.request
        poses = [goal.pose] if kind is NavigateToPose else list(goal.poses.goals)
        mine = object()
        with lock:
            self.running, self.newest = kind, mine
        say(event="goal", action=kind.__name__, poses=[place(pose) for pose in poses], tree=goal.behavior_tree)
        result = kind.Result()
        how = self.drive(kind, handle, mine, poses, result)
        if how is None:
            return result
        say(event="end", action=kind.__name__, how=how)
        getattr(handle, how)()
        with lock:
            if self.newest is mine:
                self.running = None
        return result

    def drive(self, kind, handle, mine, poses, result):
        began = told = time.monotonic()
        total = self.left(poses)
        left = list(poses)
        while rclpy.ok() and not leaving.is_set():
            time.sleep(PERIOD)
            with lock:
                if self.newest is not mine:
                    result.error_msg = "preempted"
                    return "abort"
                if handle.is_cancel_requested:
                    return "canceled"
                way = self.left(left)
                if settings["fail"] is not None and way < total / 2:
                    result.error_code = settings["fail"]
                    result.error_msg = "" if settings["fail"] == 9002 else "no valid path was found"
                    settings["fail"] = None
                    return "abort"
                self.step(left[0])
                if self.left(left[:1]) < 1e-3:
                    left.pop(0)
                    if not left:
                        return "succeed"
            if time.monotonic() - told > 0.05 and not settings["mute"]:
                told = time.monotonic()
                feedback = kind.Feedback()
                feedback.distance_remaining = way
                feedback.number_of_recoveries = 2
                feedback.navigation_time.sec = int(told - began)
                feedback.estimated_time_remaining.sec = int(way / SPEED)
                feedback.estimated_time_remaining.nanosec = int((way / SPEED % 1) * 1e9)
                if kind is NavigateThroughPoses:
                    feedback.number_of_poses_remaining = len(left)
                handle.publish_feedback(feedback)
        return None

    def left(self, poses):
        x, y, way = base.x, base.y, 0.0
        for pose in poses:
            at = pose.pose.position
            way += math.hypot(at.x - x, at.y - y)
            x, y = at.x, at.y
        return way

    def step(self, pose):
        at = pose.pose.position
        way = math.hypot(at.x - base.x, at.y - base.y)
        share = 1.0 if way <= SPEED * PERIOD else SPEED * PERIOD / way
        base.x += (at.x - base.x) * share
        base.y += (at.y - base.y) * share
        base.yaw = yaw_of(pose.pose.orientation)


def take(command):
    what = command["do"]
    if what == "fail":
        settings["fail"] = command["code"]
    elif what == "slow":
        settings["slow"] = command["seconds"]
    elif what != "leave":
        settings[what] = command["value"]
    say(event="did", what=what)


rclpy.init()
base = Base()
navigators = None if "navigators" in args.without else Navigators()
nodes = [base] if navigators is None else [base, navigators]
serve(nodes, take, 8, [] if navigators is None else navigators.servers)
