"""Writes test/truth/foxglove.json: frames of PyPI's foxglove-sdk, and what it reads in frames of a client.

Run with foxglove-sdk and websockets installed: python3 scripts/truth/make-foxglove.py
Binary frames are hex. `server`: what its server sent, by name, with what it was told to send. `client`: frames that were
sent to it, each with what its listener was called with, or the status it answered with.
"""

import asyncio
import json
import pathlib
import re
import struct
import threading
from importlib.metadata import version

import foxglove
from foxglove import Channel, MessageSchema, Schema, Service, ServiceSchema, StatusLevel
from foxglove.websocket import Capability, PlaybackState, PlaybackStatus
from websockets.asyncio.client import connect

SUBPROTOCOL = "foxglove.sdk.v1"
calls = []


class Listener:
    def on_subscribe(self, client, channel):
        calls.append({"call": "subscribe", "topic": channel.topic})

    def on_unsubscribe(self, client, channel):
        calls.append({"call": "unsubscribe", "topic": channel.topic})

    def on_client_advertise(self, client, channel):
        calls.append(
            {
                "call": "advertise",
                "id": channel.id,
                "topic": channel.topic,
                "encoding": channel.encoding,
                "schemaName": channel.schema_name,
            }
        )

    def on_client_unadvertise(self, client, client_channel_id):
        calls.append({"call": "unadvertise", "id": client_channel_id})

    def on_message_data(self, client, client_channel_id, data):
        calls.append({"call": "message", "id": client_channel_id, "data": data.hex()})

    def on_playback_control_request(self, request):
        calls.append(
            {
                "call": "playback",
                "command": str(request.playback_command).rsplit(".", 1)[-1].lower(),
                "speed": request.playback_speed,
                "seek": None if request.seek_time is None else str(request.seek_time),
                "requestId": request.request_id,
            }
        )
        is_playing = calls[-1]["command"] == "play"
        status = PlaybackStatus.Playing if is_playing else PlaybackStatus.Paused
        at = request.seek_time or 1_700_000_010_000_000_000
        return PlaybackState(status, at, request.playback_speed, request.seek_time is not None, request.request_id)


def answer(request):
    calls.append({"call": "service", "name": request.service_name, "encoding": request.encoding, "data": request.payload.hex()})
    if request.payload == b"fail":
        raise RuntimeError("no such luck")
    return b"\x00\x01\x02pong"


def asset(uri):
    return b"solid arm" if uri == "package://arm/arm.stl" else None


def text(value):
    return struct.pack("<I", len(value)) + value.encode()


def playback(command, speed, seek, request_id):
    had = seek is not None
    return struct.pack("<BBfBQ", 3, command, speed, had, seek or 0) + text(request_id)


def call(service, call_id, encoding, payload):
    return struct.pack("<BII", 2, service, call_id) + text(encoding) + payload


async def main():
    names = ["ClientPublish", "Time", "PlaybackControl", "Services"]
    trigger = ServiceSchema(
        "std_srvs/srv/Trigger",
        request=MessageSchema(encoding="cdr", schema=Schema(name="std_srvs/srv/Trigger_Request", encoding="ros2msg", data=b"")),
        response=MessageSchema(
            encoding="cdr",
            schema=Schema(name="std_srvs/srv/Trigger_Response", encoding="ros2msg", data=b"bool success\nstring message"),
        ),
    )
    server = foxglove.start_server(
        name="truth",
        port=0,
        capabilities=[getattr(Capability, name) for name in names],
        supported_encodings=["cdr", "json"],
        server_listener=Listener(),
        services=[Service("/stop", schema=trigger, handler=answer)],
        asset_handler=asset,
        session_id="session-1",
        playback_time_range=(1_700_000_000_123_456_789, 1_700_000_060_000_000_000),
    )
    told = Channel(
        "/told",
        message_encoding="cdr",
        schema=Schema(name="std_msgs/msg/String", encoding="ros2msg", data=b"string data"),
    )
    plain = Channel("/plain", message_encoding="json", schema=Schema(name="Plain", encoding="jsonschema", data=b'{"type":"object"}'))
    refused = []
    for offered in (["foxglove.websocket.v1"], ["twin.v1"], None):
        try:
            async with connect(f"ws://127.0.0.1:{server.port}", subprotocols=offered):
                refused.append({"offered": offered, "status": 101})
        except Exception as error:
            refused.append({"offered": offered, "status": int(re.search(r"HTTP (\d+)", str(error)).group(1))})
    out = {"version": version("foxglove-sdk"), "subprotocol": SUBPROTOCOL, "refused": refused, "server": {}, "client": []}
    async with connect(f"ws://127.0.0.1:{server.port}", subprotocols=[SUBPROTOCOL]) as ws:

        async def next_frame(wait=2.0):
            frame = await asyncio.wait_for(ws.recv(), wait)
            return json.loads(frame) if isinstance(frame, str) else frame.hex()

        for _ in range(3):
            frame = await next_frame()
            name = frame["op"]
            while name in out["server"]:
                name += "+"
            out["server"][name] = frame
        channels = {c["topic"]: c["id"] for key, f in out["server"].items() if key.startswith("advertise") for c in f.get("channels", [])}
        if len(channels) < 2:
            frame = await next_frame()
            out["server"][frame["op"] + "+"] = frame
            channels.update({c["topic"]: c["id"] for c in frame["channels"]})

        async def say(name, frame, frames=1):
            del calls[:]
            await ws.send(json.dumps(frame) if isinstance(frame, dict) else frame)
            answers = []
            for _ in range(frames):
                answers.append(await next_frame())
            await asyncio.sleep(0.1)
            sent = frame if isinstance(frame, dict) else frame.hex()
            out["client"].append({"name": name, "sent": sent, "calls": list(calls), "answers": answers})

        subscriptions = [{"id": 7, "channelId": channels["/told"]}, {"id": 4_000_000_000, "channelId": channels["/plain"]}]
        await say("subscribe", {"op": "subscribe", "subscriptions": subscriptions}, 0)
        told.log(b"\x00\x01\x00\x00\x03\x00\x00\x00hi\x00", log_time=1_700_000_000_123_456_789)
        out["server"]["messageData"] = {
            "subscriptionId": 7,
            "logTime": "1700000000123456789",
            "data": b"\x00\x01\x00\x00\x03\x00\x00\x00hi\x00".hex(),
            "frame": await next_frame(),
        }
        plain.log(b'{"a":1}', log_time=18_446_744_073_709_551_615)
        out["server"]["messageData+"] = {
            "subscriptionId": 4_000_000_000,
            "logTime": "18446744073709551615",
            "data": b'{"a":1}'.hex(),
            "frame": await next_frame(),
        }
        server.broadcast_time(1_700_000_000_999_999_999)
        out["server"]["time"] = {"time": "1700000000999999999", "frame": await next_frame()}
        states = []
        for status, name in (
            (PlaybackStatus.Playing, "playing"),
            (PlaybackStatus.Paused, "paused"),
            (PlaybackStatus.Buffering, "buffering"),
            (PlaybackStatus.Ended, "ended"),
        ):
            for seek, request in ((False, None), (True, "anfrage-ü")):
                server.broadcast_playback_state(PlaybackState(status, 1_700_000_001_000_000_001, 0.5, seek, request))
                states.append(
                    {"status": name, "time": "1700000001000000001", "speed": 0.5, "didSeek": seek, "requestId": request, "frame": await next_frame()}
                )
        out["server"]["playbackState"] = states
        server.publish_status("low voltage", StatusLevel.Warning, "battery")
        out["server"]["status"] = await next_frame()
        server.remove_status(["battery"])
        out["server"]["removeStatus"] = await next_frame()

        await say("advertise", {"op": "advertise", "channels": [{"id": 3, "topic": "/cmd_vel", "encoding": "json", "schemaName": "geometry_msgs/Twist"}]}, 0)
        await say("message", struct.pack("<BI", 1, 3) + b'{"linear":{"x":1}}', 0)
        await say("message of an unknown channel", struct.pack("<BI", 1, 99) + b"x", 1)
        await say("unadvertise", {"op": "unadvertise", "channelIds": [3]}, 0)
        await say("play", playback(0, 2.0, None, "one"), 1)
        await say("pause and seek", playback(1, 0.25, 1_700_000_030_000_000_001, ""), 1)
        await say("playback of an unknown command", playback(9, 1.0, None, "x"), 1)
        await say("playback cut short", playback(0, 1.0, None, "request")[:-3], 1)
        await say("service", call(1, 11, "cdr", b"\x00\x01\x00\x00"), 1)
        await say("service that fails", call(1, 12, "cdr", b"fail"), 1)
        await say("unknown service", call(77, 13, "cdr", b""), 1)
        await say("service cut short", call(1, 14, "cdr", b"")[:11], 1)
        await say("asset", {"op": "fetchAsset", "uri": "package://arm/arm.stl", "requestId": 5}, 1)
        await say("missing asset", {"op": "fetchAsset", "uri": "package://arm/none.stl", "requestId": 6}, 1)
        await say("unknown opcode", b"\x63abc", 1)
        await say("unknown op", {"op": "dance"}, 1)
        await say("subscribe to an unknown channel", {"op": "subscribe", "subscriptions": [{"id": 8, "channelId": 12345}]}, 1)
        await say("unsubscribe", {"op": "unsubscribe", "subscriptionIds": [7]}, 0)
        told.close()
        out["server"]["unadvertise"] = await next_frame()
    path = pathlib.Path(__file__).parents[2] / "test" / "truth" / "foxglove.json"
    path.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")
    print(f"{path}: {len(out['server'])} of the server, {len(out['client'])} of the client")
    threading.Thread(target=server.stop).start()


asyncio.run(main())
