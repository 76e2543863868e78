/** Occupancy grids, which have updates of their own. */
export const gridType = "nav_msgs/msg/OccupancyGrid";

/** Types whose messages may be megabytes: no more than the newest is kept while the process is busy. */
export const largeTypes: ReadonlySet<string> = new Set(
  ["Image", "CompressedImage", "PointCloud2"].map((name) => `sensor_msgs/msg/${name}`).concat(gridType),
);
