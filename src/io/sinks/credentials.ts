import { readFile } from "node:fs/promises";
import type { SinkOptions } from "./sink-options.ts";

/** What a sink proves itself with. Files are read each time, so that a new token counts at the next connection. */
export type Credentials = { username: string; password: string; token: string };

/** The parts may be "". Those of the options take precedence over those in the URL. Rejects where a file cannot be read. */
export async function readCredentials(options: SinkOptions): Promise<Credentials> {
  const url = new URL(options.url);
  const fromFile = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : (await readFile(path, "utf8")).trim();
  const { token = undefined, tokenFile = undefined } = options.kind === "postgres" ? {} : options;
  return {
    username: options.username ?? decodeURIComponent(url.username),
    password: options.password ?? (await fromFile(options.passwordFile)) ?? decodeURIComponent(url.password),
    token: token ?? (await fromFile(tokenFile)) ?? "",
  };
}

/** The value of the header `Authorization`; "" without credentials. */
export function authorization(
  { username, password, token }: Credentials,
  scheme: "Token" | "Bearer",
): string {
  if (token !== "") return `${scheme} ${token}`;
  if (username === "" && password === "") return "";
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
