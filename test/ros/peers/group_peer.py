"""An arm behind a controller_manager with forward_command_controllers, written with rclpy: `position_group` and
`velocity_group` take Float64MultiArray on `~/commands` and have the parameters `joints` and `interface_name`; the joints go at
once where a position sends them, and run on at a velocity until the next one. `arm_controller` takes a JointTrajectory on
`~/joint_trajectory` alone. Only the controller that is active has an effect. `--base`: `base_controller` takes twists; `--ackermann`: a base takes AckermannDriveStamped.

JSON lines on stdin: {"do": "activate", "name": S or null}; {"do": "freeze", "value": bool}: the joints do not follow; {"do":
"trace"}; {"do": "leave"}. On stdout what happens and, for "trace", time, kind and values of each message since the last.
"""

import argparse
import threading
import time

import rclpy
from ackermann_msgs.msg import AckermannDriveStamped
from builtin_interfaces.msg import Duration  # noqa: F401
from controller_manager_msgs.msg import ControllerState
from controller_manager_msgs.srv import ListControllers
from geometry_msgs.msg import Twist
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String
from trajectory_msgs.msg import JointTrajectory

from serving import leaving, say, serve

parser = argparse.ArgumentParser()
parser.add_argument("--urdf", required=True)
parser.add_argument("--joints", required=True)
parser.add_argument("--controllers", default="position_group,velocity_group,arm_controller")
parser.add_argument("--active", default="", help="the controller that is active")
parser.add_argument("--lag", type=float, default=0.02, help="s by which joints are behind a position")
parser.add_argument("--gain", type=float, default=1.0, help="share of a velocity that the joints reach")
parser.add_argument("--without-manager", action="store_true")
parser.add_argument("--base", action="store_true")
parser.add_argument("--ackermann", action="store_true", help="a base that takes AckermannDriveStamped on ackermann_cmd")
args = parser.parse_args()
NAMES = args.joints.split(",")
PERIOD = 0.005
lock = threading.RLock()


def seconds(t):
    return t.sec + t.nanosec * 1e-9


class Arm:
    def __init__(self):
        self.active = args.active
        self.frozen = False
        self.position = [0.0] * len(NAMES)
        self.velocity = [0.0] * len(NAMES)
        self.target = list(self.position)
        self.speed = [0.0] * len(NAMES)
        self.way = None
        self.trace = []

    def take(self, name, kind, values):
        with lock:
            self.trace.append([time.time(), name, [round(v, 7) for v in values]])
            if name != self.active:
                return
            if kind == "position":
                self.target = list(values)
            else:
                self.speed = list(values)

    def follow(self, message):
        with lock:
            points = [(seconds(p.time_from_start), list(p.positions)) for p in message.points]
            say(event="trajectory", first=points[0][0], last=points[-1][0], to=points[-1][1], joints=list(message.joint_names))
            if self.active == "arm_controller":
                columns = [list(message.joint_names).index(name) for name in NAMES]
                points = [(t, [p[c] for c in columns]) for t, p in points]
                self.way = (time.time(), [(0.0, list(self.position)), *[one for one in points if one[0] > 0]])

    def step(self):
        with lock:
            before = list(self.position)
            if not self.frozen:
                if self.active == "velocity_group":
                    self.position = [p + args.gain * v * PERIOD for p, v in zip(self.position, self.speed)]
                elif self.active == "position_group":
                    share = min(1.0, PERIOD / max(args.lag, PERIOD))
                    self.position = [p + share * (t - p) for p, t in zip(self.position, self.target)]
                elif self.active == "arm_controller" and self.way is not None:
                    self.position = self.sample(time.time() - self.way[0])
            self.velocity = [(p - b) / PERIOD for p, b in zip(self.position, before)]

    def sample(self, t):
        points = self.way[1]
        for (t0, a), (t1, b) in zip(points, points[1:]):
            if t < t1:
                share = (t - t0) / (t1 - t0)
                return [x + share * (y - x) for x, y in zip(a, b)]
        return list(points[-1][1])

    def activate(self, name):
        with lock:
            self.active = name
            self.target = list(self.position)
            self.speed = [0.0] * len(NAMES)
            self.way = None


arm = Arm()
KINDS = {"position_group": "position", "velocity_group": "velocity"}
TYPES = {
    "position_group": "forward_command_controller/ForwardCommandController",
    "velocity_group": "forward_command_controller/ForwardCommandController",
    "arm_controller": "joint_trajectory_controller/JointTrajectoryController",
    "base_controller": "diff_drive_controller/DiffDriveController",
}


class Controller(Node):
    def __init__(self, name):
        super().__init__(name)
        self.declare_parameter("joints", NAMES)
        if name in KINDS:
            self.declare_parameter("interface_name", KINDS[name])
            self.create_subscription(
                Float64MultiArray, "~/commands", lambda m: arm.take(name, KINDS[name], m.data), 50
            )
        elif name == "arm_controller":
            self.create_subscription(JointTrajectory, "~/joint_trajectory", arm.follow, 10)
        else:
            self.create_subscription(Twist, "~/cmd_vel", lambda m: say(event="twist", x=m.linear.x), 10)


class Robot(Node):
    def __init__(self):
        super().__init__("driver")
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.description = self.create_publisher(String, "robot_description", latched)
        self.description.publish(String(data=open(args.urdf).read()))
        self.states = self.create_publisher(JointState, "joint_states", 10)
        if args.ackermann:
            self.create_subscription(
                AckermannDriveStamped,
                "ackermann_cmd",
                lambda m: say(event="ackermann", speed=m.drive.speed, angle=m.drive.steering_angle),
                50,
            )

    def cycle(self):
        due = time.time()
        while not leaving.is_set():
            arm.step()
            message = JointState(name=NAMES)
            message.header.stamp = self.get_clock().now().to_msg()
            with lock:
                message.position = list(arm.position)
                message.velocity = list(arm.velocity)
            self.states.publish(message)
            # What a busy machine held up is caught up with: a velocity goes on meanwhile.
            due = max(due + PERIOD, time.time() - 0.1)
            time.sleep(max(0.0, due - time.time()))


class Manager(Node):
    def __init__(self):
        super().__init__("controller_manager")
        self.create_service(ListControllers, "~/list_controllers", self.list)

    def list(self, _, response):
        listed = [ControllerState(name="joint_state_broadcaster", state="inactive", type="joint_state_broadcaster/JointStateBroadcaster")]
        for name in controllers:
            state = ControllerState(name=name, type=TYPES[name])
            state.state = "active" if name == arm.active else "inactive"
            interface = KINDS.get(name, "position")
            if name != "base_controller":
                state.required_command_interfaces = [f"{joint}/{interface}" for joint in NAMES]
            listed.append(state)
        response.controller = listed
        return response


def take(command):
    what = command["do"]
    if what == "activate":
        arm.activate(command["name"])
        say(event="active", name=command["name"])
    elif what == "freeze":
        arm.frozen = command["value"]
    elif what == "trace":
        with lock:
            trace, arm.trace = arm.trace, []
            say(event="trace", samples=trace, position=arm.position, velocity=arm.velocity)


rclpy.init()
controllers = args.controllers.split(",") + (["base_controller"] if args.base else [])
nodes = [Robot(), *[Controller(name) for name in controllers]]
if not args.without_manager:
    nodes.append(Manager())
threading.Thread(target=nodes[0].cycle, daemon=True).start()
serve(nodes, take, 4)
