/** What was found on this machine and on ROS, for a first configuration. */
export type Found = {
  /** Namespaces, without slashes, below which a description is published. */
  robots: readonly string[];
  /** Whether the ROS graph could be looked at. */
  hasRos: boolean;
  /** Robot descriptions in the folder, as paths from the configuration. */
  files: readonly string[];
  /** Whether a broker answers on this machine's port 1883, and whether it wants a login. */
  broker: "open" | "login" | null;
};

/** The text of a commented twin.yaml for what was found. It passes the configuration's own check. */
export function startingConfig(found: Found): string {
  return `${[header, ...robotLines(found), ...brokerLines(found), ...rest].join("\n")}\n`;
}

const header = `# Configuration of twinbridge. All keys: docs/configuration.md. Start it with
#   twin up --config twin.yaml
`;

function robotLines({ robots, hasRos, files }: Found): string[] {
  if (robots.length > 0) {
    return [
      "# Found on ROS: what publishes robot_description now.",
      "robots:",
      ...robots.flatMap((namespace) => [
        `  - id: ${idOf(namespace)}`,
        ...(namespace === "" ? [] : [`    namespace: ${text(namespace)}`]),
        "    description: topic",
      ]),
      ...commandLines,
    ];
  }
  const [file, ...others] = files;
  if (file !== undefined) {
    return [
      hasRos
        ? "# No robot_description is on ROS now; this file is in the folder."
        : "# This file is in the folder.",
      "robots:",
      "  - id: robot",
      `    description: ${text(file)}`,
      ...others.slice(0, 5).map((other) => `    # description: ${text(other)}`),
      ...commandLines,
    ];
  }
  return [
    "# No robot was found: its description is taken from /robot_description when one is published.",
    "robots:",
    "  - id: robot",
    "    description: topic          # or a URDF file beside this one, or package://name/path.urdf",
    ...commandLines,
  ];
}

const commandLines = [
  "    # Which controllers take commands; auto finds them, off takes none.",
  "    # commands: {trajectory: auto, twist: auto}",
  "    # At most through the twin, in m/s, rad/s and their rates:",
  "    # limits: {linear: 0.5, angular: 1.5, jointVelocity: 1.0}",
  "",
];

function brokerLines({ broker }: Found): string[] {
  if (broker === null) {
    return [
      "# No MQTT broker answers on this machine. For microcontrollers (docs/mqtt.md):",
      "# mqtt:",
      "#   url: mqtt://127.0.0.1:1883  # or embedded: true, a broker of the twin's own for trying things",
      "",
    ];
  }
  const login = ["  username: twin", "  passwordFile: broker-password   # a file beside this one"];
  return [
    broker === "open"
      ? "# A broker answers on this machine."
      : "# A broker answers on this machine, and wants a login: make the file with its password.",
    "mqtt:",
    "  url: mqtt://127.0.0.1:1883",
    ...(broker === "login" ? login : []),
    "  # mappings:                   # other JSON topics: docs/mqtt.md",
    "  #   - {topic: robots/+/battery, payload: /voltage, property: battery/voltage, unit: V}",
    "",
  ];
}

const rest = [
  "server:",
  "  host: 127.0.0.1               # 0.0.0.0 for other devices; they need the token",
  "  port: 8080",
  "  # token: at-least-8-characters",
];

function idOf(namespace: string): string {
  const id = namespace.replaceAll(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[^A-Za-z0-9]+/, "");
  return text(id === "" ? "robot" : id.slice(0, 64));
}

/** A scalar of YAML; in quotes where it could be read as anything else. */
function text(value: string): string {
  return /^[A-Za-z_./][A-Za-z0-9_./-]*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|\.(?:nan|inf))$/i.test(value)
    ? value
    : JSON.stringify(value);
}
