"""Topics with numbers: /imu (Imu), /joint_temps (Float64MultiArray), /count (Int64), /door (Bool), /battery_state, latched, and /secret.

{"do": "burst", "count": n, "hz": r} publishes each so often, and says what was published: {"event": "burst", "sent": [[sec, nanosec, z, temp, count]...]}.
{"do": "nan"} publishes an Imu whose z is no number, {"do": "garbage", "count": n} Imus that end in their middle, {"do": "imuGone"} ends the
publisher of /imu, {"do": "imuBack"} makes another. {"event": "listeners", "count"} tells who takes /imu.
"""

import math
import threading
import time

import rclpy
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.serialization import serialize_message
from sensor_msgs.msg import BatteryState, Imu
from serving import leaving, say, serve
from std_msgs.msg import Bool, Float64MultiArray, Int64, String

URDF = '<robot name="cart"><link name="base_link"/></robot>'
# Not a double of its own: what arrives is the nearest.
FIRST = 2**53

rclpy.init()
node = rclpy.create_node("numbers")
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
description = node.create_publisher(String, "robot_description", latched)
description.publish(String(data=URDF))
deep = 2000
imu = [node.create_publisher(Imu, "imu", deep)]
temps = node.create_publisher(Float64MultiArray, "joint_temps", deep)
count = node.create_publisher(Int64, "count", deep)
door = node.create_publisher(Bool, "door", deep)
secret = node.create_publisher(Bool, "secret", deep)
battery = node.create_publisher(BatteryState, "battery_state", latched)
battery.publish(BatteryState(percentage=0.75))


def burst(number, hz):
    sent = []
    began = time.time()
    for i in range(number):
        one = Imu()
        one.header.stamp = node.get_clock().now().to_msg()
        one.linear_acceleration.z = 9.81 + math.sin(i / 7)
        values = [20.0 + j + i / 1000 for j in range(6)]
        imu[0].publish(one)
        temps.publish(Float64MultiArray(data=values))
        count.publish(Int64(data=FIRST + 2 * i))
        door.publish(Bool(data=i % 2 == 1))
        secret.publish(Bool(data=True))
        stamp = one.header.stamp
        sent.append([stamp.sec, stamp.nanosec, one.linear_acceleration.z, values[3], FIRST + 2 * i])
        time.sleep(max(0.0, began + (i + 1) / hz - time.time()))
    say(event="burst", sent=sent)


def take(command):
    if command["do"] == "burst":
        burst(command["count"], command["hz"])
    if command["do"] == "nan":
        one = Imu()
        one.header.stamp = node.get_clock().now().to_msg()
        one.linear_acceleration.z = math.nan
        imu[0].publish(one)
    if command["do"] == "garbage":
        whole = serialize_message(Imu())
        for _ in range(command["count"]):
            imu[0].publish(whole[: len(whole) // 2])
            time.sleep(0.01)
    if command["do"] == "imuGone":
        node.destroy_publisher(imu[0])
    if command["do"] == "imuBack":
        imu[0] = node.create_publisher(Imu, "imu", deep)


def watch():
    known = -1
    while not leaving.is_set():
        try:
            found = imu[0].get_subscription_count()
        except Exception:  # It is being replaced.
            found = known
        if found != known:
            known = found
            say(event="listeners", count=found)
        time.sleep(0.05)


threading.Thread(target=watch, daemon=True).start()
serve([node], take, 2)
