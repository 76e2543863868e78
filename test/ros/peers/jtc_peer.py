"""A robot with a controller that behaves as ros2_controllers' joint_trajectory_controller, written with rclpy.

What it does as that controller: one goal at a time at 200 Hz; a goal with a start stamp is joined on its way, one without
starts on arrival; before the first point it blends from its present state (measured, or `--from-desired` its own
reference); cubics where points give velocities, quintics where they give accelerations; a newer goal aborts the older
with code -1; a cancelled goal holds the measured position at once, or with `--decelerate` brakes; path tolerance -4,
goal tolerance -5; inactive it rejects, and its deactivation aborts with -1. Joints are measured one cycle late with noise.

JSON lines on stdin: {"do": "active", "value": bool}, {"do": "freeze", "value": bool}, {"do": "late", "value": s}, {"do": "trace"}, {"do": "leave"}; on stdout what
happens and, for "trace", the reference of every cycle since the last.
"""

import argparse
import json
import math
import random
import sys
import threading
import time

import rclpy
from action_msgs.msg import GoalStatus  # noqa: F401  (its type support must be there before actions)
from control_msgs.action import FollowJointTrajectory
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import String

parser = argparse.ArgumentParser()
parser.add_argument("--urdf", required=True)
parser.add_argument("--joints", required=True, help="comma separated")
parser.add_argument("--namespace", default="")
parser.add_argument("--name", default="arm_controller")
parser.add_argument("--from-desired", action="store_true")
parser.add_argument("--ignore-stamp", action="store_true")
parser.add_argument("--decelerate", type=float, default=0.0, help="rad/s² on cancel; 0: hold at once")
parser.add_argument("--refuse-cancel", action="store_true")
parser.add_argument("--position-noise", type=float, default=1e-5)
parser.add_argument("--velocity-noise", type=float, default=2e-3)
parser.add_argument("--base", action="append", default=[], help="topic:twist or topic:stamped, may be repeated")
args = parser.parse_args()
PERIOD = 0.005
NAMES = args.joints.split(",")
N = len(NAMES)


leaving = threading.Event()


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def seconds(t):
    return t.sec + t.nanosec * 1e-9


def blend(t, length, a, b):
    """One joint between two states (p, v, acc or None): (p, v) at t."""
    h = max(length, 1e-9)
    p0, v0, a0 = a
    p1, v1, a1 = b
    if a0 is None or a1 is None:
        c2 = (3 * (p1 - p0) - (2 * v0 + v1) * h) / h**2
        c3 = ((v0 + v1) * h - 2 * (p1 - p0)) / h**3
        return p0 + t * (v0 + t * (c2 + t * c3)), v0 + t * (2 * c2 + 3 * t * c3)
    d = p1 - p0
    c3 = (20 * d - (8 * v1 + 12 * v0) * h - (3 * a0 - a1) * h**2) / (2 * h**3)
    c4 = (-30 * d + (14 * v1 + 16 * v0) * h + (3 * a0 - 2 * a1) * h**2) / (2 * h**4)
    c5 = (12 * d - 6 * (v1 + v0) * h + (a1 - a0) * h**2) / (2 * h**5)
    p = p0 + t * (v0 + t * (a0 / 2 + t * (c3 + t * (c4 + t * c5))))
    v = v0 + t * (a0 + t * (3 * c3 + t * (4 * c4 + t * 5 * c5)))
    return p, v


class Run:
    """A goal under way."""

    def __init__(self, handle, before, now):
        goal = handle.request.trajectory
        self.handle = handle
        self.done = threading.Event()
        self.outcome = None
        stamp = seconds(goal.header.stamp)
        self.start = now if stamp == 0 or args.ignore_stamp else stamp
        self.before = before
        self.before_at = now
        columns = [goal.joint_names.index(name) for name in NAMES]
        self.points = []
        for point in goal.points:
            states = [
                (point.positions[c], point.velocities[c], point.accelerations[c] if point.accelerations else None)
                for c in columns
            ]
            self.points.append((seconds(point.time_from_start), states))
        path = {t.name: t.position for t in handle.request.path_tolerance}
        end = {t.name: t.position for t in handle.request.goal_tolerance}
        self.path = [path.get(name, 0) for name in NAMES]
        self.goal = [end.get(name, 0) for name in NAMES]
        self.late = seconds(handle.request.goal_time_tolerance)

    def sample(self, now):
        """Positions and velocities, and whether the last point is passed."""
        first = self.start + self.points[0][0]
        if now < first:
            length = first - self.before_at
            return [blend(now - self.before_at, length, a, b) for a, b in zip(self.before, self.points[0][1])], False
        for (t0, s0), (t1, s1) in zip(self.points, self.points[1:]):
            if now < self.start + t1:
                return [blend(now - self.start - t0, t1 - t0, a, b) for a, b in zip(s0, s1)], False
        return [(p, 0.0) for p, _, _ in self.points[-1][1]], True

    def before_pv(self):
        return [(p, v) for p, v, _ in self.before]

    def end(self, status, code, text):
        self.outcome = (status, code, text)
        self.done.set()


class Robot(Node):
    def __init__(self):
        super().__init__(args.name, namespace=args.namespace)
        group = ReentrantCallbackGroup()
        self.lock = threading.RLock()
        self.active = True
        self.frozen = False
        self.run = None
        self.coming = None
        self.braking = None
        self.reference = [(0.0, 0.0)] * N
        self.measured = [(0.0, 0.0)] * N
        self.trace = []
        # s that a goal takes on its way.
        self.late = 0.0
        self.declare_parameter("joints", NAMES)
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.description = self.create_publisher(String, "robot_description", latched)
        self.description.publish(String(data=open(args.urdf).read()))
        self.joints = self.create_publisher(JointState, "joint_states", 10)
        for base in args.base:
            topic, kind = base.split(":")
            message = TwistStamped if kind == "stamped" else Twist
            self.create_subscription(
                message, topic, lambda m, base=base: self.on_twist(base, m), 50, callback_group=group
            )
        self.server = ActionServer(
            self,
            FollowJointTrajectory,
            f"{args.name}/follow_joint_trajectory",
            execute_callback=self.execute,
            goal_callback=self.on_goal,
            cancel_callback=self.on_cancel,
            callback_group=group,
        )

    def on_twist(self, base, message):
        twist = message.twist if base.endswith("stamped") else message
        say(event="twist", base=base, x=twist.linear.x, yaw=twist.angular.z, at=time.time())

    def on_goal(self, _):
        time.sleep(self.late)
        return GoalResponse.ACCEPT if self.active else GoalResponse.REJECT

    def on_cancel(self, handle):
        # A goal that a newer one has taken the place of may be canceled too: nothing is halted by that.
        with self.lock:
            halts = self.run is not None and bytes(self.run.handle.goal_id.uuid) == bytes(handle.goal_id.uuid)
        say(event="cancel", halts=halts)
        if args.refuse_cancel:
            return CancelResponse.REJECT
        return CancelResponse.ACCEPT

    def execute(self, handle):
        with self.lock:
            before = [(p, v, None if not args.from_desired else 0.0) for p, v in self.state_before()]
            run = Run(handle, before, time.time())
            if self.run is not None:
                self.run.end("abort", -1, "Current goal preempted by new incoming action.")
            self.run = run
            self.braking = None
        say(event="goal", start=run.start, points=len(run.points), first=run.points[0][0], last=run.points[-1][0])
        feedback_at = 0.0
        while not run.done.wait(0.002) and not leaving.is_set():
            if handle.is_cancel_requested:
                with self.lock:
                    if self.run is run:
                        self.run = None
                        self.hold()
                run.end("cancel", 0, "")
            elif time.time() - feedback_at > 0.05:
                feedback_at = time.time()
                feedback = FollowJointTrajectory.Feedback()
                feedback.joint_names = NAMES
                with self.lock:
                    feedback.error.positions = [r[0] - m[0] for r, m in zip(self.reference, self.measured)]
                if not rclpy.ok():
                    break
                handle.publish_feedback(feedback)
        if run.outcome is None:
            return FollowJointTrajectory.Result()
        status, code, text = run.outcome
        result = FollowJointTrajectory.Result(error_code=code, error_string=text)
        {"succeed": handle.succeed, "abort": handle.abort, "cancel": handle.canceled}[status]()
        say(event="end", status=status, code=code)
        return result

    def state_before(self):
        return self.reference if args.from_desired else self.measured

    def hold(self):
        if args.decelerate > 0:
            self.braking = list(self.reference)
        else:
            self.reference = [(p, 0.0) for p, _ in self.measured]

    def cycle(self, now):
        with self.lock:
            run = self.run
            if run is not None:
                # A cycle that comes late on a busy machine lets no real joint lag by more than one cycle.
                self.previous = run.before_pv() if now - PERIOD < run.before_at else run.sample(now - PERIOD)[0]
            if not self.frozen:
                self.measured = [
                    (p + random.gauss(0, args.position_noise), v + random.gauss(0, args.velocity_noise))
                    for p, v in self.previous
                ]
            if run is not None:
                self.reference, passed = run.sample(now)
                errors = [abs(r[0] - m[0]) for r, m in zip(self.reference, self.measured)]
                if not passed:
                    if any(limit > 0 and error > limit for error, limit in zip(errors, run.path)):
                        self.finish(run, "abort", -4, "path tolerance")
                elif all(limit <= 0 or error <= limit for error, limit in zip(errors, run.goal)):
                    self.finish(run, "succeed", 0, "Goal successfully reached!")
                elif run.late > 0 and now - run.start - run.points[-1][0] > run.late:
                    self.finish(run, "abort", -5, "goal_time_tolerance")
            elif self.braking is not None:
                step = args.decelerate * PERIOD
                slower = [math.copysign(max(0.0, abs(v) - step), v) for _, v in self.braking]
                self.braking = [(p + w * PERIOD, w) for (p, _), w in zip(self.braking, slower)]
                self.reference = self.braking
            self.previous = list(self.reference)
            self.trace.append([round(now, 7)] + [round(x, 6) for r in self.reference for x in r])
            message = JointState()
            message.header.stamp.sec = int(now)
            message.header.stamp.nanosec = int((now % 1) * 1e9)
            message.name = NAMES
            message.position = [p for p, _ in self.measured]
            message.velocity = [v for _, v in self.measured]
        self.joints.publish(message)

    def finish(self, run, status, code, text):
        self.run = None
        if status == "abort":
            self.hold()
        run.end(status, code, text)

    def loop(self):
        self.previous = list(self.reference)
        due = time.time()
        while rclpy.ok() and not leaving.is_set():
            self.cycle(time.time())
            due = max(due + PERIOD, time.time() - PERIOD)
            time.sleep(max(0.0, due - time.time()))

    def listen(self):
        for line in sys.stdin:
            command = json.loads(line)
            with self.lock:
                if command["do"] == "active":
                    self.active = command["value"]
                    if not self.active and self.run is not None:
                        self.finish(self.run, "abort", -1, "Current goal cancelled during deactivate transition.")
                elif command["do"] == "freeze":
                    self.frozen = command["value"]
                elif command["do"] == "late":
                    self.late = command["value"]
                elif command["do"] == "leave":
                    leaving.set()
                elif command["do"] == "trace":
                    trace, self.trace = self.trace, []
                    say(event="trace", samples=trace)


rclpy.init()
robot = Robot()
executor = MultiThreadedExecutor(6)
executor.add_node(robot)
threading.Thread(target=robot.loop, daemon=True).start()
threading.Thread(target=robot.listen, daemon=True).start()
say(event="ready")
try:
    while not leaving.is_set():
        executor.spin_once(timeout_sec=0.2)
    # As a node in C++ does when it ends: others know at once that it is gone.
    executor.shutdown()
    robot.server.destroy()
    robot.destroy_node()
    say(event="left")
except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
    pass
