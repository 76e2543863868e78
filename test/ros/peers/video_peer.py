"""Cameras that publish the frames of test/truth/video.json, as foxglove_msgs/CompressedVideo below /h264, /h265, /vp9 and /av1 (/video), and as
sensor_msgs/CompressedImage (/driver/compressed). /h264/camera_info is the first one's, latched.

{"do": "stop", "format": ...} publishes no more of a format, {"do": "until", "format": ..., "number": n} no more once it has published frame n,
{"do": "go", "format": ...} goes on with the first frame, {"do": "garbage", "format": ..., "kind": ..., "after": n} publishes one message that is
none, after frame n where that is given.
"""

import base64
import json
import pathlib
import threading
import time

import rclpy
from foxglove_msgs.msg import CompressedVideo
from geometry_msgs.msg import TransformStamped
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo, CompressedImage
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

from serving import leaving, say, serve

# Small boxes say to the page how large the robot is, and hide nothing.
BOX = '<visual><origin xyz="{0}"/><geometry><box size="0.02 0.02 0.02"/></geometry></visual>'
URDF = f'<robot name="cart"><link name="base_link">{BOX.format("-0.3 0.4 0.02")}{BOX.format("0.7 -0.4 0.9")}</link></robot>'
PERIOD = 0.1
truth = json.loads((pathlib.Path(__file__).parents[2] / "truth" / "video.json").read_text())
frames = {name: [base64.b64decode(frame) for frame in s["frames"]] for name, s in truth["streams"].items()}

rclpy.init()
node = rclpy.create_node("cameras")
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
node.create_publisher(String, "robot_description", latched).publish(String(data=URDF))
static = node.create_publisher(TFMessage, "tf_static", latched)
videos = {name: node.create_publisher(CompressedVideo, f"/{name}/video", 10) for name in frames}
driver = node.create_publisher(CompressedImage, "/driver/compressed", 10)
camera = TransformStamped()
camera.header.frame_id, camera.child_frame_id = "base_link", "eye"
# It looks ahead: z of its optical frame along x of the base.
camera.transform.translation.z = 0.4
q = camera.transform.rotation
q.x, q.y, q.z, q.w = -0.5, 0.5, -0.5, 0.5
static.publish(TFMessage(transforms=[camera]))
info = CameraInfo(width=truth["width"], height=truth["height"])
info.header.frame_id = "eye"
info.k = [160.0, 0.0, 80.0, 0.0, 160.0, 60.0, 0.0, 0.0, 1.0]
infos = node.create_publisher(CameraInfo, "/h264/camera_info", latched)
infos.publish(info)
# By format: the frame that is published next, None where it stands; and where it is to stop.
at = {name: 0 for name in frames}
last = {name: None for name in frames}
# By format: the message that is none, and the frame after which it comes.
wrong = {name: None for name in frames}
GARBAGE = {"empty": (b"", None), "format": (b"\x00\x00\x01\x65", "mjpeg"), "bytes": (bytes(range(200)), None)}


def publish(name, data, format=None):
    stamp = node.get_clock().now().to_msg()
    videos[name].publish(CompressedVideo(timestamp=stamp, frame_id="eye", data=data, format=format or name))
    if name == "h264":
        image = CompressedImage(format="h264", data=data)
        image.header.stamp, image.header.frame_id = stamp, "eye"
        driver.publish(image)


def run():
    while not leaving.is_set():
        for name, number in at.items():
            if number is None:
                continue
            publish(name, frames[name][number])
            if wrong[name] is not None and wrong[name][1] in (None, number):
                publish(name, *GARBAGE[wrong[name][0]])
                wrong[name] = None
            at[name] = (number + 1) % len(frames[name])
            if last[name] == number:
                at[name] = last[name] = None
                say(event="stands", format=name, number=number)
        time.sleep(PERIOD)


def take(command):
    kind, name = command["do"], command.get("format")
    if kind == "stop":
        at[name] = None
    elif kind == "until":
        last[name] = command["number"]
    elif kind == "go":
        at[name] = 0
    elif kind == "garbage":
        wrong[name] = (command["kind"], command.get("after"))


threading.Thread(target=run, daemon=True).start()
serve([node], take, 2)
