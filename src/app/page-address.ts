import { spawn } from "node:child_process";
import { networkInterfaces } from "node:os";

/** Where a page that is served can be opened: on this machine, and from others when it listens to all. */
export type PageAddresses = { url: string; urlsElsewhere: string[] };

/**
 * `host` and `port` as the server is bound, `publicUrl` where a proxy shows it; the token goes behind the # and so
 * reaches no server log.
 */
export function pageAddresses(
  host: string,
  port: number,
  token: string | null,
  publicUrl: string | null = null,
  scheme: "http" | "https" = "http",
): PageAddresses {
  const onAll = host === "0.0.0.0" || host === "::";
  const shownHost = onAll ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const withToken = (url: string): string => (token === null ? url : `${url}#token=${token}`);
  const pageUrl = (at: string): string => withToken(`${scheme}://${at}:${port}/`);
  const shown = publicUrl === null ? [] : [withToken(publicUrl.endsWith("/") ? publicUrl : `${publicUrl}/`)];
  return {
    url: pageUrl(shownHost),
    urlsElsewhere: [...shown, ...(onAll ? networkAddresses().map(pageUrl) : [])],
  };
}

/** This machine's IPv4 addresses as others on its networks know it. */
function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}

/** Opens the page in the user's browser, or says on the error stream that none could be opened. */
export function openPage(url: string): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.on("error", () =>
    process.stderr.write(`could not open a browser (${opener}): open ${url} yourself\n`),
  );
  child.unref();
}
