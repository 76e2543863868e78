/** A position in metres and a unit quaternion (x, y, z, w): the pose of one frame in another. */
export type Pose = {
  position: [number, number, number];
  quaternion: [number, number, number, number];
};

/** Linear velocity in m/s and angular velocity in rad/s, both along the axes of one frame. */
export type Twist = { linear: [number, number, number]; angular: [number, number, number] };
