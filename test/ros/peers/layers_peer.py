"""One latched message of each type that the 3D view draws, and where numpy says that it is drawn. The argument is the folder of the
package `shapes`, into which it writes the meshes of markers.

For each topic {"event": "layer", "topic", "points", "near"}: `points` lie densely on what is to be seen, m in the frame odom; no pixel may
change further than `near` from all of them and of `around`. {"do": "move", "x": ..., "y": ..., "yaw": ...} places the base anew in tf and says the points of a marker there.
"""

import math
import pathlib
import sys
import threading
import time

import numpy as np
import rclpy
from geometry_msgs.msg import Point, Point32, PointStamped, PolygonStamped, Pose, PoseArray, PoseStamped
from geometry_msgs.msg import PoseWithCovarianceStamped, TransformStamped, TwistStamped, WrenchStamped
from nav_msgs.msg import OccupancyGrid, Odometry, Path
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo, Image, Imu, LaserScan, NavSatFix, PointCloud2, PointField, Range
from std_msgs.msg import ColorRGBA, String
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import Marker, MarkerArray

from serving import leaving, say, serve

# Two small boxes say to the page how large the robot is, and hide nothing.
BOX = '<visual><origin xyz="{0}"/><geometry><box size="0.02 0.02 0.02"/></geometry></visual>'
URDF = f'<robot name="cart"><link name="base_link">{BOX.format("-0.6 0.6 0.02")}{BOX.format("-0.6 0.6 1.1")}{BOX.format("0.6 -0.6 0.02")}</link></robot>'
rclpy.init()
node = rclpy.create_node("layers")
latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
node.create_publisher(String, "robot_description", latched).publish(String(data=URDF))
static = node.create_publisher(TFMessage, "tf_static", latched)
tf = node.create_publisher(TFMessage, "tf", 50)
base = {"x": 0.1, "y": -0.05, "yaw": 0.4}
SENSOR = (0.05, 0.1, 0.45)
# x y z w: a turn about an axis of no special direction.
AXIS, ANGLE = np.array([1.0, 2.0, -1.0]) / math.sqrt(6), 0.7
SENSOR_TURN = [*(math.sin(ANGLE / 2) * AXIS), math.cos(ANGLE / 2)]


# Of the frame tip in that of the sensor.
TIP = (0.1, 0.0, 0.2)


def turn_of(q):
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def pose_matrix(position, q=(0, 0, 0, 1)):
    m = np.eye(4)
    m[:3, :3], m[:3, 3] = turn_of(q), position
    return m


def sensor_in_odom():
    at = pose_matrix((base["x"], base["y"], 0), (0, 0, math.sin(base["yaw"] / 2), math.cos(base["yaw"] / 2)))
    return at @ pose_matrix(SENSOR, SENSOR_TURN)


def placed(points, matrix):
    points = np.asarray(points, float).reshape(-1, 3)
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def line(points, closed=False):
    points = np.asarray(points, float)
    ends = np.vstack([points[1:], points[:1]]) if closed else points[1:]
    share = np.linspace(0, 1, 120)[:, None]
    return np.vstack([a + share * (b - a) for a, b in zip(points, ends)])


def turned_about_x(profile):
    """The surface of a body about x: (x, radius) along it."""
    found = []
    for x, radius in profile:
        angles = np.linspace(0, 2 * math.pi, 80)
        found.append(np.stack([np.full(80, x), radius * np.cos(angles), radius * np.sin(angles)], axis=1))
    return np.vstack(found)


def arrow(length, shaft, head):
    tip = min(0.35 * length, 3 * head)
    body = [(x, shaft) for x in np.linspace(0, length - tip, 60)]
    # Its last end is thinner than a pixel.
    cone = [(length - tip + s * tip, head * (1 - s)) for s in np.linspace(0, 0.85, 30)]
    disc = [(length - tip, r) for r in np.linspace(0, head, 8)]
    return turned_about_x(body + disc + cone)


def along(vector):
    """What turns x into the direction of a vector."""
    x = np.asarray(vector, float) / np.linalg.norm(vector)
    other = np.array([0, 0, 1.0]) if abs(x[2]) < 0.9 else np.array([0, 1.0, 0])
    y = np.cross(other, x) / np.linalg.norm(np.cross(other, x))
    m = np.eye(4)
    m[:3, :3] = np.stack([x, y, np.cross(x, y)], axis=1)
    return m


def arrow_to(vector, shaft, head):
    return placed(arrow(np.linalg.norm(vector), shaft, head), along(vector))


def ball(radii, at=(0, 0, 0)):
    u, v = np.meshgrid(np.linspace(0, math.pi, 24), np.linspace(0, 2 * math.pi, 48))
    unit = np.stack([np.sin(u) * np.cos(v), np.sin(u) * np.sin(v), np.cos(u)], axis=-1).reshape(-1, 3)
    return unit * radii + at


def box(size, at=(0, 0, 0)):
    s = np.linspace(-0.5, 0.5, 16)
    a, b = [one.ravel() for one in np.meshgrid(s, s)]
    sides = []
    for k in range(3):
        for side in (-0.5, 0.5):
            face = np.zeros((a.size, 3))
            face[:, k], face[:, (k + 1) % 3], face[:, (k + 2) % 3] = side, a, b
            sides.append(face)
    return np.vstack(sides) * size + at


def pose_of(position, q=(0, 0, 0, 1)):
    pose = Pose()
    pose.position.x, pose.position.y, pose.position.z = map(float, position)
    pose.orientation.x, pose.orientation.y, pose.orientation.z, pose.orientation.w = map(float, q)
    return pose


def vector(into, values):
    into.x, into.y, into.z = map(float, values)


def stamped(message):
    message.header.frame_id = "sensor"
    return message


TILT = (0, math.sin(0.3), 0, math.cos(0.3))
layers = []


def layer(topic, message, points, near=2.5, around=()):
    """`points` in the frame of the sensor; `around`: what may be seen besides."""
    publisher = node.create_publisher(type(message), topic, latched)
    publisher.publish(message)
    layers.append((topic, publisher, np.asarray(points, float), near, np.asarray(around, float)))


scan = stamped(LaserScan())
scan.angle_min, scan.angle_increment, scan.range_max = -1.0, 0.1, 5.0
ranges = 0.35 + 0.05 * np.sin(np.arange(21))
scan.ranges = [float(r) for r in ranges]
angles = -1.0 + 0.1 * np.arange(21)
layer("scan", scan, np.stack([ranges * np.cos(angles), ranges * np.sin(angles), 0 * angles], axis=1), 4)

dots = np.random.default_rng(3).uniform(-0.2, 0.2, (40, 3)).astype(np.float32)
cloud = stamped(PointCloud2())
cloud.height, cloud.width, cloud.point_step, cloud.row_step = 1, 40, 12, 480
cloud.fields = [PointField(name=n, offset=4 * k, datatype=7, count=1) for k, n in enumerate("xyz")]
cloud.data = dots.tobytes()
layer("cloud", cloud, dots, 4)

cone = stamped(Range())
cone.range, cone.max_range, cone.field_of_view = 0.4, 2.0, 0.5
surface = [(x, x * math.tan(0.25)) for x in np.linspace(0.01, 0.4, 80)]
layer("range", cone, turned_about_x(surface))

corners = [(-0.3, -0.2, 0.05), (0.2, -0.25, 0), (0.3, 0.2, -0.05), (-0.1, 0.3, 0.1)]
path = stamped(Path())
path.poses = [PoseStamped(pose=pose_of(corner)) for corner in corners]
layer("path", path, line(corners))
polygon = stamped(PolygonStamped())
polygon.polygon.points = [Point32(x=x, y=y, z=z) for x, y, z in corners]
layer("polygon", polygon, line(corners, True))

here = pose_of((0.1, 0.1, 0), TILT)
here_arrow = placed(arrow(0.25, 0.01, 0.025), pose_matrix((0.1, 0.1, 0), TILT))
pose = stamped(PoseStamped(pose=here))
layer("pose", pose, here_arrow)
odometry = stamped(Odometry())
odometry.pose.pose = here
layer("odometry", odometry, here_arrow)
spread = stamped(PoseWithCovarianceStamped())
spread.pose.pose = here
spread.pose.covariance[0], spread.pose.covariance[7] = 0.0025, 0.01
circle = np.linspace(0, 2 * math.pi, 200)
ellipse = np.stack([0.1 + 0.1 * np.cos(circle), 0.1 + 0.2 * np.sin(circle), 0 * circle], axis=1)
layer("spread", spread, np.vstack([here_arrow, ellipse]))
poses = stamped(PoseArray())
poses.poses = [pose_of((0.2 * i - 0.2, 0, 0), TILT) for i in range(3)]
small = arrow(0.12, 0.0048, 0.012)
layer("poses", poses, np.vstack([placed(small, pose_matrix((0.2 * i - 0.2, 0, 0), TILT)) for i in range(3)]))
point = stamped(PointStamped())
vector(point.point, (0.2, -0.1, 0.1))
layer("point", point, ball(0.03, (0.2, -0.1, 0.1)))

wrench = stamped(WrenchStamped())
vector(wrench.wrench.force, (10.0, -5.0, 12.0))
layer("wrench", wrench, arrow_to((0.2, -0.1, 0.24), 0.01, 0.03))
twist = stamped(TwistStamped())
vector(twist.twist.linear, (0.3, 0.1, 0.0))
vector(twist.twist.angular, (0.0, 0.0, 0.6))
layer("twist", twist, np.vstack([arrow_to((0.3, 0.1, 0), 0.01, 0.03), arrow_to((0, 0, 0.3), 0.005, 0.015)]), 3.5)
imu = stamped(Imu())
vector(imu.linear_acceleration, (0.0, 2.0, 6.0))
imu.angular_velocity_covariance[0] = -1.0
layer("imu", imu, arrow_to((0, 0.1, 0.3), 0.01, 0.03))
info = stamped(CameraInfo())
info.width, info.height = 640, 480
info.k = [600.0, 0.0, 320.0, 0.0, 600.0, 240.0, 0.0, 0.0, 1.0]
sight = [((u - 320) / 600 * 0.5, (v - 240) / 600 * 0.5, 0.5) for u, v in ((0, 0), (640, 0), (640, 480), (0, 480))]
layer("sight", info, np.vstack([line(sight, True), *[line([(0, 0, 0), corner]) for corner in sight]]))

# At the end of a view of its own a picture, its left half red and its right half blue: points on either half.
view = stamped(CameraInfo())
view.width, view.height, view.k = info.width, info.height, info.k
layer("camera/camera_info", view, [])
picture = stamped(Image())
picture.width, picture.height, picture.step, picture.encoding = 64, 48, 192, "rgb8"
picture.data = bytes(([255, 0, 0] * 32 + [0, 0, 255] * 32) * 48)
halves = [
    [((u - 320) / 600 * 0.5, (v - 240) / 600 * 0.5, 0.5) for u in np.linspace(a, b, 60) for v in np.linspace(5, 475, 80)]
    for a, b in ((5, 315), (325, 635))
]
layer("camera/image_raw", picture, halves[0], around=halves[1])

gps = stamped(NavSatFix(latitude=52.1003, longitude=4.5008, altitude=3.25))
gps.status.status, gps.position_covariance_type = 2, 2
gps.position_covariance[0], gps.position_covariance[4], gps.position_covariance[8] = 0.04, 0.09, 0.16
layer("gps", gps, [])

grid = stamped(OccupancyGrid())
grid.info.resolution, grid.info.width, grid.info.height = 0.05, 12, 8
grid.info.origin = pose_of((-0.3, -0.2, 0))
cells = np.zeros((8, 12), np.int8)
cells[2:5, 3:7] = 100
grid.data = cells.flatten().tolist()
# Free cells are hardly darker than the floor.
u, v = [one.ravel() for one in np.meshgrid(np.linspace(-0.15, 0.05, 80), np.linspace(-0.1, 0.05, 60))]
layer("grid", grid, np.stack([u, v, 0.003 + 0 * u], axis=1), around=[(x, y, 0.003) for x in np.linspace(-0.3, 0.3, 120) for y in np.linspace(-0.2, 0.2, 80)])


def marker(kind, scale, points=(), **more):
    made = stamped(Marker())
    made.type, made.pose = kind, pose_of((0.05, -0.05, 0.05), TILT)
    vector(made.scale, scale)
    made.color = ColorRGBA(r=1.0, g=0.1, b=0.9, a=1.0)
    for x, y, z in points:
        made.points.append(Point(x=float(x), y=float(y), z=float(z)))
    for name, value in more.items():
        setattr(made, name, value)
    return made


AT = pose_matrix((0.05, -0.05, 0.05), TILT)
MANY = [(-0.2, 0, 0), (0, 0.15, 0.05), (0.2, 0, 0), (0.1, -0.2, 0.1)]
pipe = placed(turned_about_x([(x, 0.05) for x in np.linspace(-0.15, 0.15, 40)] + [(s * 0.15, r) for s in (-1, 1) for r in np.linspace(0, 0.05, 8)]), along((0, 0, 1)))
triangles = [(0, 0, 0), (0.3, 0, 0), (0, 0.3, 0), (0, 0, 0), (-0.2, 0, 0), (0, -0.2, 0.1)]
weights = [(a, b, 1 - a - b) for a in np.linspace(0, 1, 40) for b in np.linspace(0, 1, 40) if a + b <= 1.0001]
faces = np.vstack([np.array(weights) @ np.array(triangles[3 * i : 3 * i + 3]) for i in range(2)])
kinds = {
    "arrow": (marker(Marker.ARROW, (0.3, 0.02, 0.05)), arrow(0.3, 0.01, 0.02)),
    "between": (marker(Marker.ARROW, (0.02, 0.05, 0), MANY[:2]), placed(arrow_to(np.subtract(MANY[1], MANY[0]), 0.01, 0.025), pose_matrix(MANY[0]))),
    "cube": (marker(Marker.CUBE, (0.1, 0.2, 0.3)), box((0.1, 0.2, 0.3))),
    "sphere": (marker(Marker.SPHERE, (0.1, 0.2, 0.3)), ball((0.05, 0.1, 0.15))),
    "cylinder": (marker(Marker.CYLINDER, (0.1, 0.1, 0.3)), pipe),
    "strip": (marker(Marker.LINE_STRIP, (0.01, 0, 0), MANY), line(MANY)),
    "lines": (marker(Marker.LINE_LIST, (0.01, 0, 0), MANY), np.vstack([line(MANY[:2]), line(MANY[2:])])),
    "cubes": (marker(Marker.CUBE_LIST, (0.05, 0.05, 0.05), MANY), np.vstack([box((0.05, 0.05, 0.05), at) for at in MANY])),
    "spheres": (marker(Marker.SPHERE_LIST, (0.06, 0.06, 0.06), MANY), np.vstack([ball(0.03, at) for at in MANY])),
    "dots": (marker(Marker.POINTS, (0.02, 0.02, 0), MANY), np.array(MANY)),
    "triangles": (marker(Marker.TRIANGLE_LIST, (1, 1, 1), triangles), faces),
}
# A mesh in a file, its colour the marker's, twice as long along x.
wedge = [(0, 0, 0), (0.15, 0, 0), (0, 0.2, 0), (0, 0, 0.25)]
sides = [(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)]
facet = "facet normal 0 0 0\nouter loop\n{}endloop\nendfacet\n"
stl = "".join(facet.format("".join("vertex {} {} {}\n".format(*wedge[i]) for i in side)) for side in sides)
folder = pathlib.Path(sys.argv[1])
for name in ("wedge", "unnamed"):
    (folder / f"{name}.stl").write_text(f"solid wedge\n{stl}endsolid wedge\n")
mesh = np.vstack([np.array(weights) @ (np.array([wedge[i] for i in side]) * (2, 1, 1)) for side in sides])
kinds["mesh"] = marker(Marker.MESH_RESOURCE, (2, 1, 1), mesh_resource="package://shapes/wedge.stl"), mesh
outside = [f"file://{folder}/unnamed.stl", "package://shapes/none.stl", "package://shapes/../../etc/passwd.stl"]
for number, uri in enumerate(outside):
    layer(f"outside_{number}", marker(Marker.MESH_RESOURCE, (1, 1, 1), mesh_resource=uri), [])
NEAR = {"dots": 8, "strip": 5, "lines": 5}
for name, (one, points) in kinds.items():
    layer(f"marker/{name}", one, placed(points, AT), NEAR.get(name, 2.5))
several = MarkerArray(markers=[marker(Marker.CUBE, (0.05, 0.05, 0.05), id=i, pose=pose_of(at)) for i, at in enumerate(MANY)])
# As tf1 wrote it, and in another frame: each marker has its own.
several.markers[0].header.frame_id = "/sensor"
several.markers[1].header.frame_id = "tip"
several.markers[1].pose = pose_of(np.subtract(MANY[1], TIP))
layer("markers", several, np.vstack([box((0.05, 0.05, 0.05), at) for at in MANY]))


def transform(parent, child, position, q):
    t = TransformStamped()
    t.header.frame_id, t.child_frame_id, t.header.stamp = parent, child, node.get_clock().now().to_msg()
    vector(t.transform.translation, position)
    t.transform.rotation.x, t.transform.rotation.y, t.transform.rotation.z, t.transform.rotation.w = map(float, q)
    return t


def say_layers(only=None):
    number = base.get("number", 0)
    for topic, _, points, near, around in layers:
        if only not in (None, topic):
            continue
        drawn, besides = [np.round(placed(one, sensor_in_odom()), 5).tolist() for one in (points, around)]
        say(event="layer", topic=f"/{topic}", number=number, points=drawn, near=near, around=besides)


def take(command):
    if command["do"] == "move":
        base.update({key: command[key] for key in ("x", "y", "yaw", "number")})
        say_layers("marker/spheres")


def publish():
    while not leaving.is_set():
        yaw = base["yaw"]
        turn = (0, 0, math.sin(yaw / 2), math.cos(yaw / 2))
        tf.publish(TFMessage(transforms=[transform("odom", "base_link", (base["x"], base["y"], 0), turn)]))
        time.sleep(0.05)


static.publish(TFMessage(transforms=[transform("base_link", "sensor", SENSOR, SENSOR_TURN), transform("sensor", "tip", TIP, (0, 0, 0, 1))]))
say_layers()
threading.Thread(target=publish, daemon=True).start()
serve([node], take, 2)
