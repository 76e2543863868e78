import { existsSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** What of this Node matters here; a test passes its own. */
export type NodeInstallation = {
  /** As `process.execPath`. */
  execPath: string;
  /** As `process.version`. */
  version: string;
  env: Readonly<Record<string, string | undefined>>;
};

export const thisNode: NodeInstallation = {
  execPath: process.execPath,
  version: process.version,
  env: process.env,
};

/** Headers of another major version do not fit. `folder` has `include/node`. `isSet`: npm_config_nodedir says where. */
export type NodeHeaders = { folder: string } | { missing: string; isSet: boolean };

/**
 * The folder whose `include/node` has Node's headers, which a compiler of native modules needs: `npm_config_nodedir`,
 * else the prefix of the Node that runs, else what node-gyp downloaded earlier.
 */
export function findNodeHeaders({ execPath, version, env }: NodeInstallation = thisNode): NodeHeaders {
  const set = env.npm_config_nodedir ?? env.NPM_CONFIG_NODEDIR;
  if (set !== undefined && set !== "") {
    const found = headersIn(set, version);
    return (
      found ?? {
        missing: `npm_config_nodedir is ${set}, which has no include/node of Node ${version}`,
        isSet: true,
      }
    );
  }
  const prefix = dirname(dirname(existsSync(execPath) ? realpathSync(execPath) : execPath));
  const cache = env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache");
  for (const folder of [prefix, join(cache, "node-gyp", version.replace(/^v/, ""))]) {
    const found = headersIn(folder, version);
    if (found !== null) return found;
  }
  return { missing: `there is no ${join(prefix, "include", "node")} of Node ${version}`, isSet: false };
}

/** Where to get Node's headers when they are not there. */
export const headersRemedy =
  "install Node's headers (on Debian: apt install libnode-dev; archives of Node have them), or set npm_config_nodedir to the folder of a Node of this version that has include/node";

function headersIn(folder: string, version: string): { folder: string } | null {
  const file = join(folder, "include", "node", "node_version.h");
  if (!existsSync(file)) return null;
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(file, "utf8"))?.[1];
  return major === /^v?(\d+)/.exec(version)?.[1] ? { folder } : null;
}

/** Whether Node's headers can be downloaded from where Node itself says they are. */
export async function canDownloadHeaders(withinMs = 5000): Promise<boolean> {
  const { headersUrl } = process.release;
  if (headersUrl === undefined) return false;
  try {
    return (await fetch(headersUrl, { method: "HEAD", signal: AbortSignal.timeout(withinMs) })).ok;
  } catch {
    return false;
  }
}
