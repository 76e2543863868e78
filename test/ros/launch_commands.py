"""Prints the commands that launch/twin.launch.py starts, as JSON, for `name:=value` arguments.

ROS 2's launch is not among the wheels, so its few classes are stood in for here: this shows what the file
asks for, not that launch carries it out.
"""

import json
import runpy
import sys
import types

given = dict(argument.split(":=", 1) for argument in sys.argv[2:])
defaults = {}


class Recorded:
    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs


class Configuration:
    def __init__(self, name):
        self.name = name

    def perform(self, _context):
        return given.get(self.name, defaults[self.name])


class Argument(Recorded):
    def __init__(self, name, default_value, description):
        super().__init__()
        assert description
        defaults[name] = default_value


def module(name, **members):
    sys.modules[name] = types.ModuleType(name)
    for member, value in members.items():
        setattr(sys.modules[name], member, value)


class Process(Recorded):
    pass


class Function(Recorded):
    pass


module("launch", LaunchDescription=lambda actions: actions)
module(
    "launch.actions",
    DeclareLaunchArgument=Argument,
    EmitEvent=Recorded,
    ExecuteProcess=Process,
    OpaqueFunction=Function,
    RegisterEventHandler=Recorded,
)
module("launch.event_handlers", OnProcessExit=Recorded)
module("launch.events", Shutdown=Recorded)
module("launch.substitutions", LaunchConfiguration=Configuration)

description = runpy.run_path(sys.argv[1])["generate_launch_description"]()
unknown = set(given) - set(defaults)
assert not unknown, f"the launch file declares no {unknown}"
(function,) = [action for action in description if isinstance(action, Function)]
started = function.kwargs["function"](None)
print(json.dumps([p.kwargs["cmd"] for p in started if isinstance(p, Process)]))
