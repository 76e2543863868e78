import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { BrokerAddress } from "../io/mqtt/broker-address.ts";
import { brokerUrlFault, shownAddress } from "../io/mqtt/broker-url.ts";
import { type LineAddress, openLine, SerialFault, shownLine } from "../io/mqtt/serial-line.ts";
import { UartGateway } from "../io/mqtt/uart-gateway.ts";
import { Ending } from "./ending.ts";
import { fail } from "./fail.ts";

const retryMs = 1000;

type GatewayCommandOptions = {
  serial?: string;
  baud: number;
  tcp?: { host: string; port: number };
  url: string;
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  json?: boolean;
};

export function addGatewayCommand(program: Command): void {
  program
    .command("gateway")
    .description("join a microcontroller on a serial line to a broker (docs/gateway.md)")
    .option("--serial <path>", "its serial port, as /dev/ttyUSB0 or COM3")
    .option("--baud <number>", "baud rate of the serial port", positiveNumber, 115_200)
    .option("--tcp <host:port>", "instead of a serial port: the TCP port of a serial server", hostAndPort)
    .option("--url <address>", "broker", "mqtt://127.0.0.1:1883")
    .option("--ca <file>", "PEM of the authority that signed the broker's certificate")
    .option("--cert <file>", "our certificate, if the broker asks for one")
    .option("--key <file>", "its key")
    .option("--server-name <name>", "the name in the broker's certificate, if it differs from the address")
    .option("--json", "events and counters as JSON lines")
    .action(runGateway);
}

async function runGateway(options: GatewayCommandOptions): Promise<void> {
  const { serial, tcp, baud, url } = options;
  if ((serial === undefined) === (tcp === undefined)) fail("give either --serial or --tcp", 2);
  const wrong = brokerUrlFault(url);
  if (wrong !== null) fail(`--url: ${wrong}`, 2);
  if (!/^mqtts?:/i.test(url)) fail(`--url: a gateway needs mqtt:// or mqtts://, not ${shownAddress(url)}`, 2);
  const address: LineAddress =
    tcp === undefined ? { kind: "serial", path: serial as string, baudRate: baud } : { kind: "tcp", ...tcp };
  const broker: BrokerAddress = { url, tls: filesOf(options) };
  const say = (text: string, more: Record<string, unknown> = {}): void => {
    const line = options.json === true ? JSON.stringify({ event: text, ...more }) : text;
    process.stdout.write(`${line}\n`);
  };
  const sayCounters = (of: UartGateway): void => {
    const { counters: c } = of;
    const text = `${c.toBroker} to the broker, ${c.toDevice} to the device, ${c.damaged} damaged, ${c.leftOut} dropped`;
    say(options.json === true ? "counters" : text, { counters: c });
  };
  let gateway: UartGateway | null = null;
  let said = "";
  const ending = new Ending();
  ending.by(() => {
    gateway?.end();
    if (gateway !== null) sayCounters(gateway);
  });
  say(`from ${shownLine(address)} to ${shownAddress(url)}`);
  while (!ending.isEnding) {
    try {
      const line = await openLine(address);
      said = "";
      say(`${shownLine(address)} is open`);
      const opened = new UartGateway(line, { broker, onEvent: (text) => say(text) });
      gateway = opened;
      await new Promise((done) => line.once("close", done));
      if (ending.isEnding) return;
      say(`${shownLine(address)} is gone, retrying`);
      sayCounters(opened);
      gateway = null;
    } catch (error) {
      if (error instanceof SerialFault) fail(error.message);
      const reason = error instanceof Error ? error.message : String(error);
      // One line for one fault, however long it lasts.
      if (reason !== said) say(`${shownLine(address)}: ${reason}, retrying${remedyOf(reason)}`);
      said = reason;
    }
    await new Promise((done) => setTimeout(done, retryMs));
  }
}

function remedyOf(reason: string): string {
  if (/permission denied/i.test(reason))
    return ` (join the group of the port: sudo usermod -aG dialout $USER)`;
  if (/no such file/i.test(reason)) return " (is it plugged in? ls /dev/ttyUSB* /dev/ttyACM*)";
  if (/lock|busy/i.test(reason)) return " (another program has it open)";
  return "";
}

function filesOf({ ca, cert, key, serverName }: GatewayCommandOptions): BrokerAddress["tls"] {
  const at = (path: string | undefined) => (path === undefined ? undefined : resolve(path));
  return { ca: at(ca), cert: at(cert), key: at(key), serverName };
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number <= 0) throw new InvalidArgumentError("a whole number above 0");
  return number;
}

function hostAndPort(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65535)) {
    throw new InvalidArgumentError("an address as 127.0.0.1:5555");
  }
  return { host, port };
}
