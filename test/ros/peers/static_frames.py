"""Static transforms of several publishers, each with its own; one of them publishes two frames, one after the other."""

import rclpy
from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from tf2_msgs.msg import TFMessage


def transform(node, parent, child, x):
    message = TransformStamped()
    message.header.stamp = node.get_clock().now().to_msg()
    message.header.frame_id = parent
    message.child_frame_id = child
    message.transform.translation.x = x
    message.transform.rotation.w = 1.0
    return message


rclpy.init()
node = Node("static_frames")
qos = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL, reliability=ReliabilityPolicy.RELIABLE)
for frames in ([("base_link", "lidar")], [("base_link", "camera"), ("camera", "camera_optical")], [("base_link", "gps")]):
    publisher = node.create_publisher(TFMessage, "/tf_static", qos)
    publisher.publish(TFMessage(transforms=[transform(node, parent, child, 0.1) for parent, child in frames]))
try:
    rclpy.spin(node)
except KeyboardInterrupt:
    pass
