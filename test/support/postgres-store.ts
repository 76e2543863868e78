import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { type ServerPlan, type StoredRow, StoreServer } from "./store-server.ts";

const base = "/usr/lib/postgresql";
const bin = existsSync(base)
  ? readdirSync(base)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(base, version, "bin"))
      .find((path) => existsSync(join(path, "postgres")))
  : undefined;
const password = "sécret ‘word’";

/** PostgreSQL refuses to run as root: then it is the user that its package made. */
function user(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

export const postgresPlan: ServerPlan = {
  program: bin === undefined ? null : join(bin, "postgres"),
  hint: "no PostgreSQL found (apt-get install postgresql)",
  args: (port, folder) => [
    ...(existsSync(join(folder, "broker.key")) ? tls(folder) : []),
    ...["-D", join(folder, "data"), "-p", String(port)],
    ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_wal_size=4GB"],
  ],
  user: bin === undefined ? undefined : user(),
  isUp: async (port) => {
    const client = new pg.Client(connection(port, "postgres"));
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  },
};

/** With the certificates of makeCertificates in its folder, it speaks TLS. */
function tls(folder: string): string[] {
  const [cert, key] = [join(folder, "broker.crt"), join(folder, "broker.key")];
  chmodSync(key, 0o600);
  const owner = postgresPlan.user;
  if (owner !== undefined) chownSync(key, owner.uid, owner.gid);
  return ["-c", "ssl=on", "-c", `ssl_cert_file=${cert}`, "-c", `ssl_key_file=${key}`];
}

function connection(port: number, database: string): pg.ClientConfig {
  return { host: "127.0.0.1", port, user: "twin", password, database, connectionTimeoutMillis: 2000 };
}

export class PostgresStore extends StoreServer {
  readonly passwordFile = join(this.folder, "password");

  constructor() {
    super(postgresPlan);
  }

  override async start(): Promise<void> {
    const data = join(this.folder, "data");
    const isNew = !existsSync(data);
    if (isNew) {
      writeFileSync(this.passwordFile, `${password}\n`);
      const owner = postgresPlan.user;
      if (owner !== undefined) {
        chownSync(this.folder, owner.uid, owner.gid);
        chownSync(this.passwordFile, owner.uid, owner.gid);
      }
      const args = [
        "-D",
        data,
        "-U",
        "twin",
        `--pwfile=${this.passwordFile}`,
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
      ];
      const { status, stderr } = spawnSync(join(bin as string, "initdb"), args, {
        ...owner,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`initdb: ${stderr}`);
    }
    await super.start();
    if (isNew) await this.query("CREATE DATABASE twin", "postgres");
  }

  async query(text: string, database = "twin"): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(connection(this.port, database));
    await client.connect();
    try {
      return (await client.query(text)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  async readAll(schema = "twin"): Promise<StoredRow[]> {
    const rows = await this.query(
      `SELECT *, (extract(epoch FROM time) * 1000000)::bigint::text AS us FROM ${schema}.samples`,
    );
    return rows.map((row) => {
      const fields: Record<string, unknown> = {};
      for (const name of ["value", "numbers", "int", "flag", "text", "json", "reason"]) {
        if (row[name] !== null) fields[name] = row[name];
      }
      const label = (name: string) => [name, String(row[name])];
      const names = ["thing", "path", "facet", "source", "kind", "unit", "quality"];
      const time = BigInt(String(row.us)) * 1000n + BigInt(Number(row.ns));
      return { labels: Object.fromEntries(names.map(label)), time, fields };
    });
  }
}
