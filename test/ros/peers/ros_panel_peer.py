"""What the panel ROS shows, of two nodes: /monitor with a log, diagnostics and parameters, /driver with topics whose ends do not meet.

{"do": "log", "level": 40, "text": ...} says a line, {"do": "status", "level": 2, "text": ...} sets a state of the diagnostics,
{"do": "second"} has odom → base published below another parent as well, {"do": "flood", "count": n} says n lines,
{"do": "garbage"} publishes diagnostics whose numbers lie. Beside them /controller_manager with /arm_controller, which takes
trajectories, and servo_controller, which needs the same interface: {"do": "activate", "name": ...} has one of them active. Joint states come
at 20 Hz; {"do": "lag", "ms": 200} has them and /scan stamped that long before they are published.
"""

import math
import threading
import time

import rclpy
from controller_manager_msgs.msg import ControllerState
from controller_manager_msgs.srv import ListControllers
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import TransformStamped
from rcl_interfaces.msg import FloatingPointRange, ParameterDescriptor, SetParametersResult
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState, LaserScan
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory

from serving import leaving, say, serve

URDF = """<robot name="cart"><link name="base_link"/><link name="arm"/>
<joint name="elbow" type="revolute"><parent link="base_link"/><child link="arm"/><axis xyz="0 0 1"/>
<limit lower="-1" upper="1" effort="1" velocity="1"/></joint></robot>"""

rclpy.init()
monitor = rclpy.create_node("monitor")
driver = rclpy.create_node("driver", namespace="/front")
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
description = monitor.create_publisher(String, "robot_description", latched)
description.publish(String(data=URDF))
diagnostics = monitor.create_publisher(DiagnosticArray, "diagnostics", 10)
static = monitor.create_publisher(TFMessage, "tf_static", latched)
tf = monitor.create_publisher(TFMessage, "tf", 50)
joints = monitor.create_publisher(JointState, "joint_states", 10)
monitor.declare_parameter(
    "gain", 0.5, ParameterDescriptor(description="of the loop", floating_point_range=[FloatingPointRange(from_value=0.0, to_value=2.0, step=0.0)])
)
monitor.declare_parameter("joints", ["a", "b"])
monitor.declare_parameter("serial", "X1", ParameterDescriptor(read_only=True))
monitor.declare_parameter("count", 7)


def judge(parameters):
    for parameter in parameters:
        say(event="parameter", name=parameter.name, value=parameter.value)
        if parameter.name == "count" and parameter.value > 100:
            return SetParametersResult(successful=False, reason="too many")
    return SetParametersResult(successful=True)


monitor.add_on_set_parameters_callback(judge)
weak = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
scans = driver.create_publisher(LaserScan, "/scan", weak)
monitor.create_subscription(LaserScan, "/scan", lambda _: None, 10)

manager = rclpy.create_node("controller_manager")
arm = rclpy.create_node("arm_controller")
arm.declare_parameter("joints", ["elbow"])
arm.create_subscription(JointTrajectory, "~/joint_trajectory", lambda _: None, 10)


def list_controllers(_, response):
    wheel = ControllerState(name="wheel_controller", type="velocity_controllers/JointGroupVelocityController", state="active")
    wheel.claimed_interfaces = wheel.required_command_interfaces = ["left_wheel/velocity"]
    response.controller = [ControllerState(name="joint_state_broadcaster", type="joint_state_broadcaster/JointStateBroadcaster", state="active"), wheel]
    for name in ("arm_controller", "servo_controller"):
        one = ControllerState(name=name, type="joint_trajectory_controller/JointTrajectoryController")
        one.state = "active" if name == state["active"] else "inactive"
        one.required_command_interfaces = ["elbow/position"]
        one.claimed_interfaces = ["elbow/position"] if one.state == "active" else []
        response.controller.append(one)
    return response


manager.create_service(ListControllers, "~/list_controllers", list_controllers)

state = {"lag": 0, "active": "arm_controller", "level": 0, "text": "fine", "second": False}


def transform(parent, child, x):
    t = TransformStamped()
    t.header.frame_id, t.child_frame_id = parent, child
    t.header.stamp = monitor.get_clock().now().to_msg()
    t.transform.translation.x = x
    t.transform.rotation.w = 1.0
    return t


static.publish(TFMessage(transforms=[transform("base_link", "laser", 0.3), transform("alone", "island", 0.0)]))


def status(name, level, text):
    values = [KeyValue(key="temperature", value="41.5")]
    return DiagnosticStatus(level=bytes([level]), name=name, message=text, hardware_id="motor-7", values=values)


def publish():
    turn = 0
    while not leaving.is_set():
        turn += 1
        elbow = JointState(name=["elbow"], position=[math.sin(turn / 20)])
        elbow.header.stamp = (monitor.get_clock().now() - Duration(nanoseconds=state["lag"] * 1_000_000)).to_msg()
        joints.publish(elbow)
        scan = LaserScan(angle_min=-1.0, angle_increment=0.1, range_max=9.0, ranges=[2.0] * 20)
        scan.header.stamp, scan.header.frame_id = elbow.header.stamp, "base_link"
        scans.publish(scan)
        tf.publish(TFMessage(transforms=[transform("odom", "base_link", math.sin(turn / 20))]))
        if state["second"]:
            tf.publish(TFMessage(transforms=[transform("map", "base_link", 5.0)]))
        if turn % 10 == 0:
            array = DiagnosticArray()
            array.header.stamp = monitor.get_clock().now().to_msg()
            array.status = [status("/arm/motor", state["level"], state["text"]), status("/arm/bus", 0, "up")]
            diagnostics.publish(array)
        time.sleep(0.05)


def take(command):
    kind = command["do"]
    if kind == "log":
        # rclpy wants a line of its own for each level.
        if command["level"] == 20:
            monitor.get_logger().info(command["text"])
        elif command["level"] == 30:
            monitor.get_logger().warning(command["text"])
        else:
            monitor.get_logger().error(command["text"])
    elif kind == "status":
        state.update(level=command["level"], text=command["text"])
    elif kind == "second":
        state["second"] = command["on"]
    elif kind == "lag":
        state["lag"] = command["ms"]
    elif kind == "activate":
        state["active"] = command["name"]
    elif kind == "flood":
        for i in range(command["count"]):
            monitor.get_logger().info(f"line {i} of a flood")
    elif kind == "garbage":
        for cut in range(8, 60, 4):
            diagnostics.publish(bytes([0, 1, 0, 0]) + bytes(255 for _ in range(cut)))


monitor.get_logger().info("the monitor is there")
threading.Thread(target=publish, daemon=True).start()
serve([monitor, driver, manager, arm], take, 2)
