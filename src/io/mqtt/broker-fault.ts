import type { BrokerAddress } from "./broker-address.ts";
import { withoutLogins } from "./broker-url.ts";

/** What went wrong with a broker, and what to do. Neither has a login in it. */
export type BrokerFault = { reason: string; remedy: string };

/** Names of the settings that a remedy may speak of: keys of twin.yaml, or options of a command. */
export type BrokerSettings = {
  url: string;
  login: string;
  ca: string;
  certificate: string;
  serverName: string;
};

export const configSettings: BrokerSettings = {
  url: "mqtt.url",
  login: "mqtt.username and mqtt.passwordFile",
  ca: "mqtt.tls.ca",
  certificate: "mqtt.tls.cert and mqtt.tls.key",
  serverName: "mqtt.tls.serverName",
};

/** Puts a connection's error into words. `fault` is what the client, Node or OpenSSL said. */
export function brokerFault(
  fault: Error & { code?: number | string },
  address: BrokerAddress,
  settings: BrokerSettings = configSettings,
): BrokerFault {
  const text = withoutLogins(fault.message || String(fault.code ?? fault));
  return { reason: text, remedy: remedyOf(text, String(fault.code ?? ""), address, settings) };
}

function remedyOf(text: string, code: string, { url, username }: BrokerAddress, to: BrokerSettings): string {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === "mqtts:" || protocol === "wss:";
  const has = (pattern: RegExp): boolean => pattern.test(text) || pattern.test(code);
  if (has(/not authorized|bad user ?name or password|banned/i)) {
    const hasLogin = username !== undefined || new URL(url).username !== "";
    return hasLogin
      ? `the broker knows this login not, or may not let it in: check ${to.login}`
      : `the broker wants a login: set ${to.login}`;
  }
  if (has(/certificate required|handshake failure|bad certificate|unknown ca/i)) {
    return `the broker wants a certificate of ours that it trusts: set ${to.certificate}`;
  }
  if (has(/self.signed|unable to verify|unable to get|UNABLE_TO_|DEPTH_ZERO/i)) {
    return `set ${to.ca} to the PEM of the authority that signed the broker's certificate`;
  }
  if (has(/altnames|does not match certificate|ERR_TLS_CERT_ALTNAME/i)) {
    return `"${hostname}" is not in the broker's certificate: set ${to.serverName} to a name that is`;
  }
  if (has(/has expired|not yet valid|CERT_/i)) {
    return "renew the broker's certificate, and check the clocks of both machines";
  }
  if (has(/wrong version number|packet length too long|EPROTO/i)) {
    return isTls
      ? `port ${port || "8883"} does not speak TLS: use ${protocol === "wss:" ? "ws" : "mqtt"}:// in ${to.url}`
      : `check that ${to.url} is a broker's address`;
  }
  if (has(/there is no such file|may not read|it is a folder/))
    return "correct the path; it is relative to the configuration";
  if (has(/ECONNREFUSED/)) return `nothing listens there: start the broker, or correct ${to.url}`;
  if (has(/ENOTFOUND|EAI_AGAIN/)) return `"${hostname}" has no address: correct the name in ${to.url}`;
  if (has(/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|no answer|connack timeout/i)) {
    return `check that ${hostname} can be reached (network, firewall) and that ${to.url} is right`;
  }
  if (has(/ECONNRESET|connection closed|socket hang up/i)) {
    return !isTls && port === "8883"
      ? `port 8883 speaks TLS: use mqtts:// in ${to.url}`
      : `the broker hung up: its log says why; a port with TLS needs ${protocol.startsWith("w") ? "wss" : "mqtts"}:// in ${to.url}`;
  }
  return `check ${to.url}, ${to.login}, and the broker's log`;
}
