#!/usr/bin/env node
// Runs a command in a network namespace that reaches only the hosts named, by TCP port 443 (Linux, as root):
//   node scripts/registries-only.mjs HOST,HOST… -- COMMAND [ARGUMENT…]
// Outside, each host has a Unix socket; inside, /etc/hosts names a loopback address that leads to it. TLS is untouched.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const self = import.meta.filename;
const [mode, ...rest] = process.argv.slice(2);
if (mode === "--inside") await inside(rest[0], rest[1].split(","), rest.slice(2));
else if (mode === undefined || rest[0] !== "--" || rest.length < 2) {
  console.error("usage: node scripts/registries-only.mjs HOST,HOST… -- COMMAND [ARGUMENT…]");
  process.exit(2);
} else await outside(mode.split(","), rest.slice(1));

function address(i) {
  return `127.0.0.${10 + i}`;
}

/** Joins two sockets until one of them ends. */
function join2(a, b) {
  a.pipe(b).pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ]) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}

async function listen(server, ...where) {
  await new Promise((resolve, reject) => server.once("error", reject).listen(...where, resolve));
}

async function run(command, args) {
  const child = spawn(command, args, { stdio: "inherit" });
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (...end) => resolve(end));
  });
  return signal === null ? code : 1;
}

async function outside(hosts, command) {
  const folder = mkdtempSync(join(tmpdir(), "registries-only-"));
  let code = 1;
  try {
    for (const host of hosts) {
      await listen(
        createServer((socket) => join2(socket, connect(443, host))),
        join(folder, host),
      );
    }
    const names = hosts.map((host, i) => `${address(i)} ${host}`);
    writeFileSync(join(folder, "hosts"), ["127.0.0.1 localhost", ...names, ""].join("\n"));
    const enter = `mount --bind "$1/hosts" /etc/hosts && ip link set lo up && exec "$2" "$3" --inside "$1" "\${@:4}"`;
    code = await run("unshare", [
      ...["--net", "--mount", "bash", "-c", enter, "enter"],
      ...[folder, process.execPath, self, hosts.join(","), ...command],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.exit(code);
}

async function inside(folder, hosts, [command, ...args]) {
  for (const [i, host] of hosts.entries()) {
    await listen(
      createServer((socket) => join2(socket, connect(join(folder, host)))),
      443,
      address(i),
    );
  }
  process.exit(await run(command, args));
}
