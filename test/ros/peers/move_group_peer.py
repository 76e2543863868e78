"""A move_group that behaves as MoveIt's does by its sources, written with rclpy: the service `plan_kinematic_path`
(moveit_msgs/srv/GetMotionPlan) and the SRDF on `robot_description_semantic`.

It plans one request after the other, as a service of move_group does. The way goes straight from the start state of the request to
its goal of joints, or where that is a pose, to the positions it was told; it is timed with a trapezoid, every 0.1 s. What is
wrong with an answer is chosen by {"do": "answer", "value": MODE} on stdin; {"do": "pose", "positions": {joint: rad}} tells where a
pose is; {"do": "via", "positions": {joint: rad}} has the way pass there; {"do": "leave"}. What is asked comes as JSON on stdout.
"""

import argparse
import math
import time

import rclpy
from builtin_interfaces.msg import Duration
from moveit_msgs.msg import MoveItErrorCodes
from moveit_msgs.srv import GetMotionPlan
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectoryPoint

from serving import leaving, say, serve

parser = argparse.ArgumentParser()
parser.add_argument("--srdf", required=True)
parser.add_argument("--group", required=True, help="the group's name, and its joints, comma separated")
args = parser.parse_args()
group, *joints = args.group.split(",")
settings = {"answer": "way", "pose": {}, "via": {}}
SPEED = 1.0
STEP = 0.1


def refusal(request):
    """The error code of a request that is not planned; None where it is."""
    if settings["answer"].lstrip("-").isdigit():
        return int(settings["answer"])
    if request.group_name != group:
        return MoveItErrorCodes.INVALID_GROUP_NAME
    if len(request.goal_constraints) != 1:
        return MoveItErrorCodes.INVALID_GOAL_CONSTRAINTS
    if not request.start_state.is_diff:
        return MoveItErrorCodes.INVALID_ROBOT_STATE
    return None


def goal_of(constraints, start):
    """Where the joints of the group are to be."""
    goal = dict(start)
    if constraints.position_constraints:
        goal.update(settings["pose"])
    for joint in constraints.joint_constraints:
        goal[joint.joint_name] = joint.position
    return goal


def stamp(seconds):
    return Duration(sec=int(seconds), nanosec=int((seconds % 1) * 1e9))


def straight(corners):
    """Points from corner to corner, each corner at rest."""
    points, begin = [], 0.0
    for from_, to in zip(corners, corners[1:]):
        length = max(max(abs(to[j] - from_[j]) for j in joints), 1e-6)
        duration = max(2 * length / SPEED, STEP)
        steps = max(2, math.ceil(duration / STEP))
        for i in range(0 if not points else 1, steps + 1):
            share = i / steps
            part = 2 * share**2 if share < 0.5 else 1 - 2 * (1 - share) ** 2
            point = JointTrajectoryPoint()
            point.positions = [from_[j] + part * (to[j] - from_[j]) for j in joints]
            point.velocities = [0.0] * len(joints)
            point.accelerations = [0.0] * len(joints)
            point.time_from_start = stamp(begin + share * duration)
            points.append(point)
        begin += duration
    return points


def spoil(trajectory):
    """What a planner may get wrong."""
    points, how = trajectory.points, settings["answer"]
    middle = points[len(points) // 2]
    if how == "unknown":
        trajectory.joint_names[-1] = "joint_of_another_robot"
    elif how == "outside":
        middle.positions[0] = 50.0
    elif how == "nan":
        middle.positions[0] = math.nan
    elif how == "backwards":
        middle.time_from_start = stamp(0.0)
    elif how == "untimed":
        for point in points:
            point.time_from_start = stamp(0.0)
    elif how == "fast":
        for i, point in enumerate(points):
            point.time_from_start = stamp(i * 1e-3)
    elif how == "elsewhere":
        points[-1].positions[0] += 0.2
    elif how == "begins":
        points[0].positions[0] += 0.2
    elif how == "short":
        middle.positions = middle.positions[:-1]
    elif how == "empty":
        trajectory.points = []


class MoveGroup(Node):
    def __init__(self):
        super().__init__("move_group")
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.semantics = self.create_publisher(String, "robot_description_semantic", latched)
        self.semantics.publish(String(data=open(args.srdf).read()))
        self.service = self.create_service(GetMotionPlan, "plan_kinematic_path", self.plan)

    def plan(self, message, response):
        request, answer = message.motion_plan_request, response.motion_plan_response
        state = request.start_state.joint_state
        start = dict(zip(state.name, state.position))
        [constraints] = request.goal_constraints[:1]
        regions = constraints.position_constraints
        say(
            event="asked",
            group=request.group_name,
            start=start,
            time=request.allowed_planning_time,
            joints={joint.joint_name: joint.position for joint in constraints.joint_constraints},
            link=regions[0].link_name if regions else None,
            frame=regions[0].header.frame_id if regions else None,
            z=regions[0].constraint_region.primitive_poses[0].position.z if regions else None,
            turned=len(constraints.orientation_constraints),
        )
        while settings["answer"] == "silent" and not leaving.is_set():
            time.sleep(0.05)
        code = refusal(request)
        if code is not None:
            answer.error_code.val = code
            answer.error_code.message = "as it was told" if code < 0 else ""
            return response
        here = {joint: start[joint] for joint in joints}
        goal = goal_of(constraints, here)
        corners = [here, *([{**here, **settings["via"]}] if settings["via"] else []), goal]
        trajectory = answer.trajectory.joint_trajectory
        trajectory.joint_names = list(joints)
        trajectory.points = straight(corners)
        spoil(trajectory)
        answer.group_name = request.group_name
        answer.trajectory_start.joint_state = state
        answer.planning_time = 0.02
        answer.error_code.val = MoveItErrorCodes.SUCCESS
        return response


def take(command):
    what = command["do"]
    if what == "answer":
        settings["answer"] = str(command["value"])
    elif what in settings:
        settings[what] = command["positions"]
    say(event="did", what=what)


rclpy.init()
node = MoveGroup()
serve([node], take, 3)
