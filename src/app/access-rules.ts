import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Config } from "../io/config/config-schema.ts";
import { fileFault } from "../io/files/file-fault.ts";
import { isLoopback } from "../io/server/access.ts";
import { readTls, type TlsFiles } from "../io/server/tls-files.ts";
import { TokenBook, tokenHash } from "../io/server/token-book.ts";
import { isOpenToOthers, readTokenFile, tokenFilePath, watchTokenFile } from "../io/token-file.ts";
import type { TokenEntry } from "../protocol/roles.ts";
import { StartFault } from "./start-fault.ts";

export type AccessOptions = {
  server: Config["server"];
  /** The files that the configuration names are beside it. */
  configPath: string | null;
  /** Folder of the state, with the file of `twin token`. */
  directory: string;
  /** Server ms. */
  now(): number;
  warn(text: string): void;
};

export type Access = {
  tokens: TokenBook;
  /** The token for the address that is printed; null: none is needed, or only their owners know them. */
  token: string | null;
  tls: TlsFiles | undefined;
  close(): void;
};

/**
 * Who may do what, from the configuration and the file of `twin token`, which is read again when it changes. Throws a
 * StartFault where a token or a certificate cannot be read: a server must not come up more open than it was meant to be.
 */
export function openAccess({ server, configPath, directory, now, warn }: AccessOptions): Access {
  const beside = (file: string): string => resolve(configPath === null ? "." : dirname(configPath), file);
  const tls =
    server.tls === undefined ? undefined : { cert: beside(server.tls.cert), key: beside(server.tls.key) };
  if (tls !== undefined) checkTls(tls);
  const configured = server.tokens.map((one, i): TokenEntry => {
    const { name, role } = one;
    const token = one.token ?? tokenOfFile(beside(one.tokenFile ?? ""), `server.tokens.${i}.tokenFile`);
    return { name, role, sha256: tokenHash(token) };
  });
  const path = tokenFilePath(directory);
  const atStart = readTokenFile(path);
  if (!atStart.ok) throw new StartFault(`${atStart.path}: ${atStart.reason}`);
  warnOfTwins(configured, atStart.value ?? [], warn);
  if (atStart.value !== null && isOpenToOthers(path)) {
    warn(`other users of this machine can read ${path}: run \`chmod 600 ${path}\``);
  }
  const isKnown = configured.length > 0 || (atStart.value ?? []).length > 0;
  const isOpen = isLoopback(server.host) && atStart.value === null;
  const token = server.token ?? (isKnown || isOpen ? null : randomBytes(18).toString("base64url"));
  const tokens = new TokenBook(token, configured, now);
  tokens.setFile(atStart.value);
  const close = watchTokenFile(path, () => {
    const read = readTokenFile(path);
    if (read.ok) tokens.setFile(read.value ?? (isLoopback(server.host) ? null : []));
    else warn(`${path}: ${read.reason}; the tokens that were read before stay valid`);
  });
  return { tokens, token, tls, close };
}

function checkTls(tls: TlsFiles): void {
  try {
    readTls(tls);
  } catch (error) {
    throw new StartFault((error as Error).message);
  }
}

function tokenOfFile(path: string, field: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new StartFault(`${field}: ${path}: ${fileFault(error)}`);
  }
  if (text.length >= 8 && !/\s/.test(text)) return text;
  throw new StartFault(`${field}: ${path} must have one token of at least 8 characters, and nothing else`);
}

/** A name in both places is two tokens: removing one does not end the other. */
function warnOfTwins(
  configured: readonly TokenEntry[],
  ofFile: readonly TokenEntry[],
  warn: (text: string) => void,
): void {
  for (const { name } of ofFile) {
    if (!configured.some((one) => one.name === name)) continue;
    warn(`the token "${name}" is in server.tokens and in the file of \`twin token\`: both are valid`);
  }
}
