"""Runs twinbridge beside a robot, or with a simulated one.

  ros2 launch twinbridge twin.launch.py                       beside a robot that runs already
  ros2 launch twinbridge twin.launch.py sim:=true             with the simulated rover
  ros2 launch twinbridge twin.launch.py sim:=true robot_description:=/path/to/robot.urdf base:=diff_drive
"""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, EmitEvent, ExecuteProcess, OpaqueFunction, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.substitutions import LaunchConfiguration

# Installed: share/twinbridge/launch/ beside share/twinbridge/dist/. In a checkout: launch/ beside dist/.
PROGRAM = str(Path(__file__).resolve().parent.parent / "dist" / "main.js")

ARGUMENTS = {
    "robot_description": ("topic", "URDF file, package:// address, or 'topic' for /robot_description"),
    "namespace": ("", "ROS namespace of the robot"),
    "host": ("127.0.0.1", "address the page is served on; others than this machine's need a token"),
    "port": ("8080", "port the page is served on"),
    "config": ("", "twin.yaml; the arguments above that differ from their defaults win over it"),
    "use_sim_time": ("false", "take the time of commands from /clock"),
    "sim": ("false", "start a simulated robot too"),
    "base": ("", "base of the simulated robot: fixed, diff_drive, omni, mecanum or ackermann"),
}


def processes(context):
    """The twin, and the simulated robot where it is wanted, from the arguments' values."""
    value = {name: LaunchConfiguration(name).perform(context) for name in ARGUMENTS}
    twin = ["node", PROGRAM, "up", "--ros", "on"]
    # An option wins over the file, so what was left at its default is not said.
    for name in ("host", "port"):
        if value[name] != ARGUMENTS[name][0]:
            twin += [f"--{name}", value[name]]
    simulate = value["sim"].lower() in ("true", "1", "yes")
    if value["config"]:
        twin += ["--config", value["config"]]
    if value["robot_description"] != "topic" and not simulate:
        twin += ["--description", value["robot_description"]]
    if value["namespace"]:
        twin += ["--namespace", value["namespace"]]
    if value["use_sim_time"].lower() in ("true", "1", "yes"):
        twin += ["--use-sim-time"]
    main = ExecuteProcess(cmd=twin, name="twin", output="screen")
    started = [main]
    if simulate:
        sim = ["node", PROGRAM, "sim", "--namespace", value["namespace"]]
        if value["robot_description"] != "topic":
            sim += ["--robot", value["robot_description"]]
        if value["base"]:
            sim += ["--base", value["base"]]
        started.append(ExecuteProcess(cmd=sim, name="twin_sim", output="screen"))
    # The twin is what this launch is for: when it ends, so does the rest.
    started.append(
        RegisterEventHandler(
            OnProcessExit(target_action=main, on_exit=[EmitEvent(event=Shutdown(reason="the twin ended"))])
        )
    )
    return started


def generate_launch_description():
    """What `ros2 launch` reads."""
    declared = [
        DeclareLaunchArgument(name, default_value=default, description=text)
        for name, (default, text) in ARGUMENTS.items()
    ]
    return LaunchDescription([*declared, OpaqueFunction(function=processes)])
