"""A server of rosbridge's protocol (version 2, JSON) by rclpy and tornado, as rosbridge_server has it: one subscription of a topic for
all clients, a message's values made once, its JSON for each client, bytes as base64. rosbridge_suite itself is in no wheel.

Usage: rosbridge_peer.py PORT
"""

import asyncio
import base64
import importlib
import json
import sys
import threading

import rclpy
from rclpy.qos import DurabilityPolicy, QoSProfile
from tornado.web import Application
from tornado.websocket import WebSocketClosedError, WebSocketHandler

rclpy.init()
node = rclpy.create_node("rosbridge_peer")
loop = asyncio.new_event_loop()
topics = {}


def values(message):
    """A message as what JSON knows."""
    if hasattr(message, "get_fields_and_field_types"):
        return {name: values(getattr(message, name)) for name in message.get_fields_and_field_types()}
    if isinstance(message, (bytes, bytearray)):
        return base64.b64encode(message).decode()
    if type(message).__name__ == "array":
        if message.typecode == "B":
            return base64.b64encode(message.tobytes()).decode()
        return message.tolist()
    if type(message).__name__ == "ndarray":
        return message.tolist()
    if isinstance(message, (list, tuple)):
        return [values(one) for one in message]
    return message


def get_message(kind):
    package, _, name = kind.split("/")
    return getattr(importlib.import_module(f"{package}.msg"), name)


def subscribe(topic, kind, client):
    if topic not in topics:
        clients = topics[topic] = set()

        def take(message):
            told = values(message)

            def send():
                for one in list(clients):
                    one.tell(topic, told)

            loop.call_soon_threadsafe(send)

        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        node.create_subscription(get_message(kind), topic, take, latched if topic == "/map" else QoSProfile(depth=10))
    topics[topic].add(client)


class Socket(WebSocketHandler):
    def check_origin(self, origin):
        return True

    def on_message(self, text):
        message = json.loads(text)
        if message["op"] == "subscribe":
            subscribe(message["topic"], message["type"], self)

    def tell(self, topic, told):
        text = json.dumps({"op": "publish", "topic": topic, "msg": told})
        loop.create_task(self.send(text))

    async def send(self, text):
        try:
            await self.write_message(text)
        except WebSocketClosedError:
            self.on_close()

    def on_close(self):
        for clients in topics.values():
            clients.discard(self)


asyncio.set_event_loop(loop)
threading.Thread(target=rclpy.spin, args=(node,), daemon=True).start()


async def main():
    Application([("/", Socket)]).listen(int(sys.argv[1]), address="127.0.0.1")
    print("listening", flush=True)
    await asyncio.Event().wait()


loop.run_until_complete(main())
