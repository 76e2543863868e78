"""What the server sends on /ws/state, checked field by field. Keys that are not named here are ignored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Union

from .checks import as_choice, as_count, as_list, as_number, as_object, as_text, optional, read_json
from .values import FACETS, QUALITIES, Control, Facet, Quality, StopNotice, TwinEvent


@dataclass(frozen=True)
class Hello:
    server_ms: float
    version: str


@dataclass(frozen=True)
class Pong:
    sent_ms: float
    server_ms: float


@dataclass(frozen=True)
class Register:
    """One facet of one property. `received_ms` is by the server's clock."""

    value: object
    received_ms: float
    quality: Quality
    reason: str | None


Property = Mapping[Facet, Register]


@dataclass(frozen=True)
class Thing:
    """A node of the twin's graph: a robot, link, joint or device."""

    type: str
    definition: Mapping[str, Any]
    properties: Mapping[str, Property]


@dataclass(frozen=True)
class Snapshot:
    time_ms: float
    things: Mapping[str, Thing]


@dataclass(frozen=True)
class Properties:
    time_ms: float
    things: Mapping[str, Mapping[str, Property]]


@dataclass(frozen=True)
class Column:
    robot: str
    facet: Facet
    path: str
    component: int


@dataclass(frozen=True)
class Layout:
    layout: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Status:
    time_ms: float
    control: tuple[Control, ...]


@dataclass(frozen=True)
class Lagging:
    dropped: int


@dataclass(frozen=True)
class Refusal:
    code: str
    message: str


@dataclass(frozen=True)
class Unknown:
    """A kind that this version does not know: a newer server."""

    op: str


StateMessage = Union[
    Hello, Pong, Snapshot, Properties, Layout, Status, TwinEvent, StopNotice, Lagging, Refusal, Unknown
]


def read_hello(message: Mapping[str, Any]) -> Hello:
    """The greeting of either socket."""
    version = optional(message.get("version"), as_text, "version") or ""
    return Hello(as_number(message.get("serverTime"), "serverTime"), version)


def read_pong(message: Mapping[str, Any]) -> Pong:
    return Pong(as_number(message.get("t"), "t"), as_number(message.get("serverTime"), "serverTime"))


def read_state_message(text: str) -> StateMessage:
    """Raises BadMessage when the message lacks something it must have."""
    message = read_json(text)
    op = as_text(message.get("op"), "op")
    if op == "hello":
        return read_hello(message)
    if op == "pong":
        return read_pong(message)
    if op == "snapshot":
        twin = as_object(message.get("twin"), "twin")
        things = as_object(twin.get("things"), "things")
        read = {name: read_thing(thing, name) for name, thing in things.items()}
        return Snapshot(as_number(twin.get("time"), "time"), read)
    if op == "properties":
        changed = as_object(message.get("things"), "things")
        by_thing = {name: _read_properties(paths, name) for name, paths in changed.items()}
        return Properties(as_number(message.get("time"), "time"), by_thing)
    if op == "layout":
        columns = as_list(message.get("columns"), "columns")
        return Layout(as_count(message.get("layout"), "layout"), tuple(map(_read_column, columns)))
    if op == "status":
        control = as_list(message.get("control"), "control")
        return Status(as_number(message.get("time"), "time"), tuple(map(_read_control, control)))
    if op == "event":
        return read_event(message.get("event"))
    if op == "stopped":
        return StopNotice(as_text(message.get("robot"), "robot"), as_text(message.get("by"), "by"))
    if op == "lagging":
        return Lagging(as_count(message.get("dropped"), "dropped"))
    if op == "error":
        return Refusal(as_text(message.get("code"), "code"), as_text(message.get("message"), "message"))
    return Unknown(op)


def read_thing(value: object, name: str) -> Thing:
    thing = as_object(value, name)
    return Thing(
        as_text(thing.get("type"), f"{name}.type"),
        as_object(thing.get("definition"), f"{name}.definition"),
        _read_properties(thing.get("properties"), name),
    )


def read_event(value: object) -> TwinEvent:
    event = as_object(value, "event")
    return TwinEvent(
        id=as_count(event.get("id"), "event.id"),
        time_ms=as_number(event.get("time"), "event.time"),
        severity=as_text(event.get("severity"), "event.severity"),
        kind=as_text(event.get("kind"), "event.kind"),
        message=as_text(event.get("message"), "event.message"),
        robot=optional(event.get("robot"), as_text, "event.robot"),
        data=optional(event.get("data"), as_object, "event.data"),
    )


def _read_properties(value: object, thing: str) -> dict[str, Property]:
    return {path: _read_property(item, f"{thing}/{path}") for path, item in as_object(value, thing).items()}


def _read_property(value: object, name: str) -> Property:
    found = as_object(value, name)
    as_text(found.get("unit"), f"{name}.unit")
    return {facet: _read_register(found[facet], name) for facet in FACETS if facet in found}


def _read_register(value: object, name: str) -> Register:
    register = as_object(value, name)
    return Register(
        value=register.get("value"),
        received_ms=as_number(register.get("received"), f"{name}.received"),
        quality=as_choice(register.get("quality"), QUALITIES, f"{name}.quality"),
        reason=optional(register.get("reason"), as_text, f"{name}.reason"),
    )


def _read_column(value: object) -> Column:
    column = as_object(value, "column")
    return Column(
        as_text(column.get("robot"), "column.robot"),
        as_choice(column.get("facet"), FACETS, "column.facet"),
        as_text(column.get("path"), "column.path"),
        as_count(column.get("component"), "column.component"),
    )


def _read_control(value: object) -> Control:
    control = as_object(value, "control")
    lease = optional(control.get("lease"), as_object, "control.lease")
    stopped = optional(control.get("stopped"), as_object, "control.stopped")
    return Control(
        robot=as_text(control.get("robot"), "control.robot"),
        holder=None if lease is None else as_text(lease.get("holder"), "lease.holder"),
        epoch=None if lease is None else as_count(lease.get("epoch"), "lease.epoch"),
        stopped_by=None if stopped is None else as_text(stopped.get("by"), "stopped.by"),
        can=as_object(control.get("can"), "control.can"),
        override=optional(control.get("override"), as_number, "control.override"),
    )
