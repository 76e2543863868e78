"""Two grippers that behave as those of ros2_controllers, written with rclpy: `gripper_controller` with a GripperCommand
action and `parallel_gripper` with a ParallelGripperCommand action, each with its joint in the parameter `joint`.

A goal moves the joint at its speed. A newer goal aborts the older; a cancelled one holds the joint where it is measured. A
joint that an object keeps from moving stalls: after 0.3 s the goal ends, succeeded where stalling is allowed, else aborted.
With `--services` it has the services `home` (Trigger) and `lamp` (SetBool, which fails when told off).

JSON lines on stdin: {"do": "object", "joint": J, "at": p or null}, {"do": "stalling", "value": bool}, {"do": "reject", "value":
bool}, {"do": "leave"}; on stdout what happens.
"""

import argparse
import threading
import time

import rclpy
from action_msgs.msg import GoalStatus  # noqa: F401  (its type support must be there before actions)
from control_msgs.action import GripperCommand, ParallelGripperCommand
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
parser.add_argument("--without", action="append", default=[], help="a gripper that is not there")
parser.add_argument("--services", action="store_true")
args = parser.parse_args()
PERIOD = 0.01
TOLERANCE = 0.002
STALL = 0.3
lock = threading.RLock()
settings = {"stalling": True, "reject": False}


class Joint:
    def __init__(self, name, speed):
        self.name = name
        self.speed = speed
        self.position = 0.0
        self.target = 0.0
        self.object = None

    def step(self):
        with lock:
            left = self.target - self.position
            step = max(-self.speed * PERIOD, min(self.speed * PERIOD, left))
            to = self.position + step
            # An object is gripped by closing on it: from above.
            if self.object is not None and step < 0:
                to = max(to, min(self.position, self.object))
            self.position = to


class Gripper(Node):
    def __init__(self, name, action_type, joint):
        super().__init__(name)
        self.kind = action_type
        self.joint = joint
        self.newest = None
        self.declare_parameter("joint", joint.name)
        self.server = ActionServer(
            self,
            action_type,
            f"{name}/gripper_cmd",
            execute_callback=self.execute,
            goal_callback=lambda _: GoalResponse.REJECT if settings["reject"] else GoalResponse.ACCEPT,
            cancel_callback=lambda _: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )

    def execute(self, handle):
        command = handle.request.command
        if self.kind is GripperCommand:
            position, effort, names = command.position, command.max_effort, []
        else:
            position, names = command.position[0], list(command.name)
            effort = command.effort[0] if len(command.effort) > 0 else None
        mine = object()
        with lock:
            self.newest = mine
            self.joint.target = position
        say(event="goal", gripper=self.get_name(), position=position, effort=effort, names=names)
        moved_at, before = time.monotonic(), self.joint.position
        while rclpy.ok() and not leaving.is_set():
            time.sleep(PERIOD)
            with lock:
                at = self.joint.position
                if self.newest is not mine:
                    return self.end(handle, "abort", False)
                if handle.is_cancel_requested:
                    self.joint.target = at
                    return self.end(handle, "canceled", False)
                if abs(at - position) < TOLERANCE:
                    return self.end(handle, "succeed", False)
                if abs(at - before) > 1e-5:
                    moved_at, before = time.monotonic(), at
                if time.monotonic() - moved_at > STALL:
                    return self.end(handle, "succeed" if settings["stalling"] else "abort", True)
        return self.kind.Result()

    def end(self, handle, how, stalled):
        at = self.joint.position
        result = self.kind.Result()
        result.stalled = stalled
        result.reached_goal = how == "succeed" and not stalled
        if self.kind is GripperCommand:
            result.position = at
            result.effort = 12.5 if stalled else 0.0
        else:
            result.state.name = [self.joint.name]
            result.state.position = [at]
            result.state.effort = [12.5 if stalled else 0.0]
        say(event="end", gripper=self.get_name(), how=how, stalled=stalled, at=at)
        getattr(handle, how)()
        return result


class Robot(Node):
    def __init__(self):
        super().__init__("driver")
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.description = self.create_publisher(String, "robot_description", latched)
        self.description.publish(String(data=open(args.urdf).read()))
        self.states = self.create_publisher(JointState, "joint_states", 10)
        self.create_timer(PERIOD, self.publish)
        if args.services:
            self.create_service(Trigger, "home", self.home)
            self.create_service(SetBool, "lamp", self.lamp)

    def home(self, _, response):
        say(event="service", name="home")
        response.success = True
        response.message = "homed"
        return response

    def lamp(self, request, response):
        say(event="service", name="lamp", data=request.data)
        response.success = request.data
        response.message = "" if request.data else "the lamp is stuck"
        return response

    def publish(self):
        message = JointState()
        message.header.stamp = self.get_clock().now().to_msg()
        for joint in joints.values():
            joint.step()
            message.name.append(joint.name)
            message.position.append(joint.position)
        message.name.append("j1")
        message.position.append(0.0)
        self.states.publish(message)


def take(command):
    what = command["do"]
    with lock:
        if what == "object":
            joints[command["joint"]].object = command["at"]
        elif what in settings:
            settings[what] = command["value"]


rclpy.init()
joints = {"finger_joint": Joint("finger_joint", 0.05), "jaw_joint": Joint("jaw_joint", 0.5)}
kinds = {
    "gripper_controller": (GripperCommand, joints["finger_joint"]),
    "parallel_gripper": (ParallelGripperCommand, joints["jaw_joint"]),
}
grippers = {name: Gripper(name, *kind) for name, kind in kinds.items() if name not in args.without}
serve([Robot(), *grippers.values()], take, 6, [gripper.server for gripper in grippers.values()])
