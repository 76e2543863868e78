import { readFileSync } from "node:fs";
import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import mqtt, { type IClientOptions, MqttClient } from "mqtt";
import { fileFault } from "../files/file-fault.ts";
import { BrokerStream } from "./broker-stream.ts";

/** Where a broker is and how it lets us in. Paths are absolute. */
export type BrokerAddress = {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /** A file with the password, read anew at each connection. */
  passwordFile?: string | undefined;
  tls?: TlsFiles | undefined;
};

/** PEM files, read anew at each connection, so that a renewed certificate needs no restart. */
export type TlsFiles = {
  /** Who signed the broker's certificate; absent: the authorities that Node knows. */
  ca?: string | undefined;
  /** Our own certificate and its key, where the broker asks for them. */
  cert?: string | undefined;
  key?: string | undefined;
  /** The name in the broker's certificate, where it is not that of the address. */
  serverName?: string | undefined;
};

/** A file that a connection needs and cannot have. */
export class BrokerFileFault extends Error {}

/** Whether messages come by WebSocket, and not through a `BrokerStream`. */
export function isWebSocket(url: string): boolean {
  return /^wss?:/i.test(url);
}

/**
 * Begins a connection, which is not tried again by itself. Throws a `BrokerFileFault` when a file is missing.
 * `leftOut` is told of packets above `maxPacketBytes`, which do not arrive.
 */
export function connectBroker(
  address: BrokerAddress,
  options: IClientOptions & { protocolVersion: 4 | 5 },
  maxPacketBytes: number,
  leftOut: (topic: string, bytes: number) => void,
): MqttClient {
  const { protocolVersion } = options;
  const url = new URL(address.url);
  const { username = decodeURIComponent(url.username), passwordFile } = address;
  const password =
    passwordFile === undefined
      ? (address.password ?? decodeURIComponent(url.password))
      : contentOf(passwordFile, "mqtt.passwordFile")
          .toString("utf8")
          .replace(/\r?\n$/, "");
  const all: IClientOptions = {
    ...options,
    reconnectPeriod: 0,
    queueQoSZero: false,
    ...(username === "" ? {} : { username }),
    ...(username === "" && password === "" ? {} : { password }),
  };
  if (!isWebSocket(address.url)) {
    const stream = () =>
      new BrokerStream(
        (onread) => openBrokerSocket(address, onread),
        { maxPacketBytes, protocolVersion },
        leftOut,
      );
    return new MqttClient(stream as never, withDefaults(all));
  }
  const tls = url.protocol === "wss:" ? tlsOptions(address.tls) : {};
  return mqtt.connect(address.url, {
    ...all,
    // A WebSocket has its own bound; what is above it ends the connection, so the broker is told where it can be.
    // Elsewhere it is not: what it left out by itself, nobody could count.
    ...(protocolVersion === 5 ? { properties: { maximumPacketSize: maxPacketBytes } } : {}),
    wsOptions: { ...tls, maxPayload: Math.max(2 * maxPacketBytes, 1024 * 1024) },
  });
}

/** Opens the TCP or TLS connection alone. Throws a `BrokerFileFault` when a file is missing. `onread` is for TCP only. */
export function openBrokerSocket(address: BrokerAddress, onread?: OnReadOpts): Socket {
  const url = new URL(address.url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol === "mqtt:") {
    const port = Number(url.port || 1883);
    return connectTcp({ host, port, noDelay: true, ...(onread === undefined ? {} : { onread }) });
  }
  const tls = tlsOptions(address.tls);
  const name = tls.servername ?? (isIP(host) === 0 ? host : undefined);
  const port = Number(url.port || 8883);
  return connectTls({ host, port, ...tls, ...(name === undefined ? {} : { servername: name }) });
}

/** What `mqtt.connect` fills in and the client's constructor does not. */
function withDefaults(options: IClientOptions): IClientOptions {
  return { protocolId: "MQTT", ...options };
}

function tlsOptions(files: TlsFiles | undefined): ConnectionOptions {
  const options: ConnectionOptions = { rejectUnauthorized: true, minVersion: "TLSv1.2" };
  if (files?.ca !== undefined) options.ca = contentOf(files.ca, "mqtt.tls.ca");
  if (files?.cert !== undefined) options.cert = contentOf(files.cert, "mqtt.tls.cert");
  if (files?.key !== undefined) options.key = contentOf(files.key, "mqtt.tls.key");
  if (files?.serverName !== undefined) options.servername = files.serverName;
  return options;
}

function contentOf(path: string, field: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new BrokerFileFault(`${field}: ${path}: ${fileFault(error)}`);
  }
}
