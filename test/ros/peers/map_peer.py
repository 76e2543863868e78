"""What publishes a map: `map` (transient local), and where the robot stands in it, `map` → `odom` → `base_link`, on `tf_static`.

JSON lines on stdin: {"do": "map", "size": cells of a side, "resolution": m, "walls": [[x0, y0, x1, y1], …] (m), "unknown":
[…], "posts": cells of a side between two posts, "width": another width than the data has, "w": of the origin's quaternion};
{"do": "update", "x", "y", "width", "height": cells of the map that get "value", "cells": another number of cells than that, "frame"};
{"do": "leave"}; on stdout {"event": "did"}. The middle of the map is the origin of its frame.
"""

from array import array

import rclpy
from geometry_msgs.msg import TransformStamped
from map_msgs.msg import OccupancyGridUpdate
from nav_msgs.msg import OccupancyGrid
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from tf2_msgs.msg import TFMessage

from serving import say, serve


class Maps(Node):
    def __init__(self):
        super().__init__("map_server")
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.maps = self.create_publisher(OccupancyGrid, "map", latched)
        self.updates = self.create_publisher(OccupancyGridUpdate, "map_updates", 10)
        self.tf = self.create_publisher(TFMessage, "tf_static", latched)
        frames = (("map", "odom"), ("odom", "base_link"))
        self.tf.publish(TFMessage(transforms=[self.transform(*pair) for pair in frames]))

    def transform(self, parent, child):
        found = TransformStamped()
        found.header.frame_id = parent
        found.header.stamp = self.get_clock().now().to_msg()
        found.child_frame_id = child
        found.transform.rotation.w = 1.0
        return found

    def publish(self, command):
        size, resolution = command["size"], command.get("resolution", 0.05)
        half = size * resolution / 2
        cells = bytearray(size * size)

        def fill(boxes, value):
            for x0, y0, x1, y1 in boxes:
                columns = [max(0, min(size, round((x + half) / resolution))) for x in (x0, x1)]
                rows = [max(0, min(size, round((y + half) / resolution))) for y in (y0, y1)]
                line = bytes([value]) * (columns[1] - columns[0])
                for row in range(*rows):
                    cells[row * size + columns[0] : row * size + columns[1]] = line

        apart = command.get("posts")
        if apart is not None:
            line = bytes(100 if x % apart == 0 else 0 for x in range(size))
            for row in range(0, size, apart):
                cells[row * size : (row + 1) * size] = line
        fill(command.get("free", []), 0)
        fill(command.get("walls", []), 100)
        fill(command.get("unknown", []), 255)
        grid = OccupancyGrid()
        grid.header.frame_id = "map"
        grid.header.stamp = self.get_clock().now().to_msg()
        grid.info.resolution = resolution
        grid.info.width = command.get("width", size)
        grid.info.height = size
        grid.info.origin.position.x = grid.info.origin.position.y = -half
        grid.info.origin.orientation.w = command.get("w", 1.0)
        grid.data = array("b", bytes(cells))
        self.maps.publish(grid)

    def update(self, command):
        part = OccupancyGridUpdate()
        part.header.frame_id = command.get("frame", "map")
        part.header.stamp = self.get_clock().now().to_msg()
        part.x, part.y, part.width, part.height = (command[name] for name in ("x", "y", "width", "height"))
        cells = command.get("cells", part.width * part.height)
        part.data = array("b", [command["value"]] * cells)
        self.updates.publish(part)


def take(command):
    if command["do"] == "map":
        maps.publish(command)
    elif command["do"] == "update":
        maps.update(command)
    say(event="did", what=command["do"])


rclpy.init()
maps = Maps()
serve([maps], take, 2)
