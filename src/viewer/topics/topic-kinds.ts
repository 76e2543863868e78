/** How the page shows a topic: in the 3D view, as a picture, as a place on the earth, or as its fields. */
export type TopicKind = "layer" | "picture" | "fix" | "fields";

const layers = new Set([
  "sensor_msgs/msg/LaserScan",
  "sensor_msgs/msg/PointCloud2",
  "sensor_msgs/msg/Range",
  "sensor_msgs/msg/Imu",
  "sensor_msgs/msg/CameraInfo",
  "geometry_msgs/msg/TwistStamped",
  "nav_msgs/msg/OccupancyGrid",
  "nav_msgs/msg/Path",
  "nav_msgs/msg/Odometry",
  "geometry_msgs/msg/PoseStamped",
  "geometry_msgs/msg/PoseWithCovarianceStamped",
  "geometry_msgs/msg/PoseArray",
  "geometry_msgs/msg/PolygonStamped",
  "geometry_msgs/msg/PointStamped",
  "geometry_msgs/msg/WrenchStamped",
  "visualization_msgs/msg/Marker",
  "visualization_msgs/msg/MarkerArray",
]);
const pictures = new Set([
  "sensor_msgs/msg/Image",
  "sensor_msgs/msg/CompressedImage",
  "foxglove_msgs/msg/CompressedImage",
  "foxglove_msgs/msg/CompressedVideo",
  "ffmpeg_image_transport_msgs/msg/FFMPEGPacket",
]);

export function kindOf(type: string): TopicKind {
  if (pictures.has(type)) return "picture";
  if (type === "sensor_msgs/msg/NavSatFix") return "fix";
  return layers.has(type) ? "layer" : "fields";
}

const budgets = {
  layer: { bytesPerSecond: 4e6, maxAgeMs: 1000 },
  picture: { bytesPerSecond: 3e6, maxAgeMs: 1000 },
  fix: { bytesPerSecond: 500_000, maxAgeMs: 2000 },
  fields: { bytesPerSecond: 500_000, maxAgeMs: 2000 },
};

/** What this page bears of a topic. */
export function budgetOf(kind: TopicKind): { bytesPerSecond: number; maxAgeMs: number } {
  return budgets[kind];
}
