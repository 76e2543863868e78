/** The names of one robot on the ROS graph: what is relative is under its namespace. */
export class RobotNames {
  /** The namespace without its slashes; empty at the root. */
  readonly bare: string;

  /** `all`: the namespaces of all robots. */
  constructor(
    namespace: string,
    private readonly all: () => readonly string[],
  ) {
    this.bare = bareNamespace(namespace);
  }

  /** "/" or "/r1". */
  get namespace(): string {
    return `/${this.bare}`;
  }

  /** What is under it begins so: "/" or "/r1/". */
  get prefix(): string {
    return this.of("");
  }

  /** An absolute name. */
  of(name: string): string {
    if (name.startsWith("/")) return name;
    return this.bare === "" ? `/${name}` : `/${this.bare}/${name}`;
  }

  /** Whether an absolute name is under this robot's namespace, and not under that of another robot below it. */
  owns(name: string): boolean {
    return name.startsWith(this.prefix) && !this.others().some((other) => name.startsWith(other));
  }

  /** Prefixes below this robot's that belong to other robots now. */
  others(): string[] {
    const { prefix } = this;
    return this.all()
      .map((namespace) => `/${bareNamespace(namespace)}/`)
      .filter((other) => other.length > prefix.length && other.startsWith(prefix));
  }
}

function bareNamespace(namespace: string): string {
  return namespace.replace(/^\/+|\/+$/g, "");
}
