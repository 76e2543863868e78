import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { loadConfig } from "../io/config/load-config.ts";
import { tokenHash } from "../io/server/token-book.ts";
import { stateDir } from "../io/state-dir.ts";
import {
  readTokenFile,
  type StoredToken,
  tokenFilePath,
  tokenName,
  writeTokenFile,
} from "../io/token-file.ts";
import { type Role, roles } from "../protocol/roles.ts";
import { fail } from "./fail.ts";
import { parsePort } from "./up.ts";

/** 192 random bits. */
const tokenBytes = 24;

type Place = { config?: string; port?: number; json?: boolean };

export function addTokenCommands(program: Command): void {
  const token = program.command("token").description("tokens for the people and programs that use a twin");
  const common = (command: Command): Command =>
    command
      .option("--config <file>", "the twin.yaml of the twin; without it, that of a `twin up` without one")
      .option("--port <number>", "the port of the twin, where it was given to `twin up`", parsePort)
      .option("--json", "print JSON");
  common(token.command("add").argument("<name>", "what people see of whoever uses it"))
    .description("make a token and print it once; a running twin takes it within a second")
    .addOption(
      new Option("--role <role>", "viewer: read and stop; operator: drive; admin: take over a lease")
        .choices(roles)
        .makeOptionMandatory(),
    )
    .action(add);
  common(token.command("list")).description("the names and roles, not the tokens").action(list);
  common(token.command("remove").argument("<name>", "as in the list"))
    .description("end a token, and the connections that it opened")
    .action(remove);
}

function add(name: string, options: Place & { role: Role }): void {
  if (!tokenName.test(name)) {
    fail(`"${name}" cannot be a name: 1 to 64 of A-Z a-z 0-9 _ . @ -, starting with a letter or digit`, 2);
  }
  const { path, tokens } = readTokens(options);
  if ((tokens ?? []).some((one) => one.name === name)) {
    fail(`there is a token "${name}" already: remove it first, or choose another name`);
  }
  const token = randomBytes(tokenBytes).toString("base64url");
  const { role } = options;
  const entry = { name, role, sha256: tokenHash(token), created: new Date().toISOString() };
  write(path, [...(tokens ?? []), entry]);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ name, role, token })}\n`);
    return;
  }
  process.stdout.write(`${token}\n`);
  process.stderr.write(
    `this is the token of "${name}" (${role}): it is not shown again. Open the page with #token=TOKEN behind its address.\n`,
  );
  process.stderr.write(`it is kept, hashed, in ${path}: name the same --config and --port as \`twin up\`\n`);
  if (tokens === null) {
    process.stderr.write("from now on this twin asks everybody for a token, on this machine as well\n");
  }
}

function list(options: Place): void {
  const tokens = readTokens(options).tokens ?? [];
  if (options.json === true) {
    const shown = tokens.map(({ name, role, created }) => ({ name, role, created }));
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    return;
  }
  if (tokens.length === 0) process.stdout.write("there are no tokens: `twin token add NAME --role ROLE`\n");
  for (const { name, role, created } of tokens) {
    process.stdout.write(`${name}  ${role}${created === undefined ? "" : `  ${created}`}\n`);
  }
}

function remove(name: string, options: Place): void {
  const { path, tokens } = readTokens(options);
  const rest = (tokens ?? []).filter((one) => one.name !== name);
  if (tokens === null || rest.length === tokens.length) fail(`there is no token "${name}" in ${path}`);
  write(path, rest);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ name, removed: true })}\n`);
  else process.stdout.write(`the token "${name}" is removed; a running twin ends its connections\n`);
  if (rest.length === 0) {
    process.stderr.write(
      `no token is left, and one is still asked for: delete ${path} to open the twin again\n`,
    );
  }
}

function readTokens({ config: configFile, port }: Place): { path: string; tokens: StoredToken[] | null } {
  const config = configFile === undefined ? null : loadConfig(configFile);
  if (config !== null && !config.ok) fail(`${config.path}: ${config.reason}`);
  const at = port ?? config?.value.server.port ?? 8080;
  const path = tokenFilePath(stateDir(config?.value.stateDir, configFile ?? null, at));
  const read = readTokenFile(path);
  if (!read.ok) fail(`${read.path}: ${read.reason}`);
  return { path, tokens: read.value };
}

function write(path: string, tokens: readonly StoredToken[]): void {
  try {
    writeTokenFile(path, tokens);
  } catch (error) {
    fail(`${path} cannot be written: ${(error as Error).message}`);
  }
}
