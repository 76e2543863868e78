/** visualization_msgs/Marker: its types. */
export const markerTypes = {
  arrow: 0,
  cube: 1,
  sphere: 2,
  cylinder: 3,
  lineStrip: 4,
  lineList: 5,
  cubeList: 6,
  sphereList: 7,
  points: 8,
  text: 9,
  mesh: 10,
  triangleList: 11,
} as const;
