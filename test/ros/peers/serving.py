"""What peers share that speak by JSON lines and may leave: `say`, and `serve` for their nodes."""

import json
import sys
import threading

import rclpy
from rclpy.executors import MultiThreadedExecutor

leaving = threading.Event()


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def serve(nodes, take, threads, servers=()):
    """Spins the nodes until they are to leave. `take` gets each command of stdin but {"do": "leave"}."""

    def listen():
        for line in sys.stdin:
            command = json.loads(line)
            if command["do"] == "leave":
                leaving.set()
            take(command)

    executor = MultiThreadedExecutor(threads)
    for node in nodes:
        executor.add_node(node)
    threading.Thread(target=listen, daemon=True).start()
    say(event="ready")
    try:
        while not leaving.is_set():
            executor.spin_once(timeout_sec=0.2)
        # As a node in C++ does when it ends: others know at once that it is gone.
        executor.shutdown()
        for server in servers:
            server.destroy()
        for node in nodes:
            node.destroy_node()
        say(event="left")
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        pass
