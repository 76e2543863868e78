"""Client for twinbridge: read a robot's live state, command its motion. See the README for the API.

`connect` is for asyncio; `twinbridge.blocking.connect` is the same without `await`.
"""

from .errors import CommandError, ConnectionFailed, RequestFailed, TwinError
from .jog import Jog, JointJog, LinkJog, TwistJog
from .lease import Lease
from .past import Moment
from .plan import LeastDistance, Plan, PlanPoint
from .poses import NamedPose
from .robot import Robot
from .twin import Twin, connect
from .values import (
    Base,
    Control,
    Joint,
    LeaseRequest,
    Pose,
    Progress,
    Result,
    StopNotice,
    TwinEvent,
    Twist,
    Value,
)

__version__ = "0.1.0"

__all__ = [
    "Base",
    "CommandError",
    "ConnectionFailed",
    "Control",
    "Jog",
    "Joint",
    "JointJog",
    "Lease",
    "LeaseRequest",
    "LeastDistance",
    "LinkJog",
    "Moment",
    "NamedPose",
    "Plan",
    "PlanPoint",
    "Pose",
    "Progress",
    "RequestFailed",
    "Result",
    "Robot",
    "StopNotice",
    "Twin",
    "TwinError",
    "TwinEvent",
    "Twist",
    "TwistJog",
    "Value",
    "connect",
]
