/* Messages that made-up ones begin with. None of them could move a robot that rests at 0: its positions are 0 or far outside. */

const quaternion = [0, 0, 0, 1];
const pose = { frame: "base_link", position: [9, 0, 0], quaternion };
const commands = [
  { kind: "jointPosition", positions: { elbow: 99 }, speed: 0.5 },
  { kind: "jointTrajectory", points: [{ time: 1, positions: { elbow: 99 }, velocities: { elbow: 0 } }] },
  { kind: "jointVelocity", velocities: { elbow: 0.5 } },
  { kind: "twist", linear: { x: 0.2, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0.3 } },
  { kind: "device", device: "tool-sensor", signal: "led", value: true },
  { kind: "pose", link: "wrist_3_link", ...pose, path: "line", speed: 0.3 },
  { kind: "waypoints", points: [{ positions: { elbow: 99 } }, { pose }], blend: 0.01 },
  { kind: "cartesianVelocity", frame: "base_link", linear: { z: 0.05 }, angular: { x: 0 } },
  { kind: "gripper", controller: "hand", position: 99, maxEffort: 5 },
  { kind: "navigate", frame: "map", position: [1, 2], yaw: 0.5, as: "goal" },
  { kind: "service", service: "/tare", data: true },
  { kind: "sequence", name: "show" },
  { kind: "plan", planId: "twin-1-plan-1", stateHash: "5f1d" },
];
const lengthy = { points: Array.from({ length: 50 }, (_, i) => ({ time: i, positions: { elbow: 99 } })) };
const plannable = [...commands.slice(0, 2), ...commands.slice(5, 7), { kind: "jointTrajectory", ...lengthy }];

const robot = "robot";
export const commandTemplates: readonly unknown[] = [
  ...commands.map((command) => ({
    op: "command",
    id: 1,
    robot,
    epoch: 123_456,
    seq: 9,
    issued: 1.8e12,
    ttlMs: 2000,
    command,
  })),
  ...plannable.map((command) => ({ op: "plan", id: 2, robot, command, avoid: true })),
  ...plannable.slice(0, 2).map((command) => ({ op: "rehearse", id: 3, robot, command })),
  { op: "acquire", id: "a", robot, holder: "fuzz", yields: true },
  { op: "renew", id: "a", robot, epoch: 123_456 },
  { op: "release", id: "a", robot, epoch: 123_456 },
  { op: "request", id: "a", robot, holder: "fuzz" },
  { op: "handOver", id: "a", robot, session: "client-1" },
  { op: "override", id: "a", robot, percent: 100 },
  { op: "reset", id: "a", robot: "nobody" },
  { op: "stop", id: "a", robot: "nobody", reason: "fuzz", immediate: false },
  { op: "presence", state: "blurred" },
  { op: "ping", t: 1 },
];

export const stateTemplates: readonly unknown[] = [
  { op: "subscribe", encoding: "binary", rate: 60, changes: true },
  { op: "seek", time: 1.8e12 },
  { op: "seek", time: "live" },
  { op: "play", speed: 2 },
  { op: "pause" },
  { op: "ping", t: 0 },
];

const object = {
  id: "table",
  shape: "box",
  size: [1, 1, 0.1],
  frame: "world",
  pose: { position: [9, 9, 9], quaternion },
};
const steps = [{ pose: "home" }, { wait: 1 }, { repeat: 2, steps: [{ move: commands[0] }] }];

type HttpTemplate = { method: string; path: string; templates: readonly unknown[] };

export const httpTemplates: readonly HttpTemplate[] = [
  ...[
    "/api/twin",
    "/api/twin?at=1",
    "/api/things/robot",
    "/api/things/robot/properties/joint/elbow/position",
    "/api/robots/robot/description",
    "/api/robots/robot/meshes",
    "/api/assets?uri=package://twinbridge/urdf/meshes/right_finger_shell.stl",
    "/api/history?series=robot/joint/*&points=10",
    "/api/history?series=robot/joint/elbow/position&from=1&to=2&step=5&aggregate=mean&format=csv",
    "/api/history/series?match=x",
    "/api/history/gaps",
    "/api/history/table?series=robot/joint/elbow/position",
    "/api/history/annotations?kind=*",
    "/api/history/descriptions/abc",
    "/api/events?from=0&to=9e15&kind=stop.*&limit=3",
    "/api/recordings",
    "/api/recordings/a.mcap",
    "/api/scene/table",
    "/api/poses/robot",
    "/api/sequences/show.yaml",
    "/api/openapi.json",
    "/prometheus/api/v1/query?query=twin_property",
    "/healthz",
    "/readyz",
  ].map((path) => ({ method: "GET", path, templates: [] })),
  {
    method: "POST",
    path: "/api/commands",
    templates: commands.map((command) => ({ robot, command, ttlMs: 500, wait: false })),
  },
  {
    method: "POST",
    path: "/api/robots/robot/plan",
    templates: plannable.map((command) => ({ command, avoid: true })),
  },
  { method: "POST", path: "/api/stop", templates: [{ robot: "nobody", immediate: false }] },
  { method: "POST", path: "/api/access", templates: [{ token: "x" }] },
  { method: "POST", path: "/prometheus/api/v1/query", templates: [{ query: "up" }] },
  { method: "PUT", path: "/api/scene", templates: [{ objects: [object] }] },
  { method: "PUT", path: "/api/scene/table", templates: [object] },
  { method: "DELETE", path: "/api/scene/table", templates: [] },
  { method: "PUT", path: "/api/poses", templates: [{ robot: { home: { joints: { elbow: 0 } } } }] },
  { method: "PUT", path: "/api/poses/robot/home", templates: [{ joints: { elbow: 0 } }, { here: true }] },
  { method: "DELETE", path: "/api/poses/robot/home", templates: [] },
  { method: "PUT", path: "/api/sequences", templates: [{ show: { steps } }] },
  { method: "PUT", path: "/api/sequences/show", templates: [{ steps }] },
  { method: "DELETE", path: "/api/sequences/show", templates: [] },
];

/** Of the native profile; none names a joint, so that no device may say where the robot is. */
export const mqttTemplates: readonly unknown[] = [
  {
    boot: 17,
    firmware: "1",
    link: "tool0",
    signals: { force: { unit: "N", type: "number", writable: true } },
  },
  { boot: 17, n: 1, t_us: 1200, signals: { force: 2.5 } },
  { id: "x", ok: true, reason: "none" },
  { id: "x", seq: 1, ref: 1, ttl_ms: 100, signals: { force: 1 } },
  "online",
  "offline",
];
