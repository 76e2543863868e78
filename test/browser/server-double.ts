import type { Page, WebSocketRoute } from "playwright-core";

type Message = Record<string, unknown> & { op?: string };

/**
 * Stands between a page and the real server: answers what this server does not take yet, and adds to its status what it
 * does not report. Everything else passes unchanged. Must be set up before the page is opened.
 */
export class ServerDouble {
  /** What the page sent on /ws/command, in order. */
  readonly sent: Message[] = [];
  /** By op: answers in the server's place. False: the server answers after all. */
  readonly answers = new Map<string, (message: Message, say: (answer: object) => void) => boolean>();
  /** By kind of command, as `answers`. */
  readonly commands = new Map<string, (message: Message, say: (answer: object) => void) => boolean>();
  /** Added to each robot's `control`, its `can` apart. */
  control: Message = {};
  can: Message = {};
  private command: WebSocketRoute | null = null;

  async stand(page: Page): Promise<void> {
    await page.routeWebSocket(/\/ws\/command/, (socket) => {
      const server = socket.connectToServer();
      this.command = socket;
      const say = (answer: object): void => socket.send(JSON.stringify(answer));
      socket.onMessage((data) => {
        const message: Message = JSON.parse(String(data));
        this.sent.push(message);
        const command = message.command as { kind?: string } | undefined;
        const own =
          (message.op === "command" ? this.commands.get(command?.kind ?? "") : undefined) ??
          this.answers.get(message.op ?? "");
        if (own === undefined || !own(message, say)) server.send(data);
      });
      server.onMessage((data) => socket.send(data));
    });
    await page.routeWebSocket(/\/ws\/state/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((data) => server.send(data));
      server.onMessage((data) => socket.send(typeof data === "string" ? this.changed(data) : data));
    });
  }

  /** A message of the server on /ws/command that nobody asked for. */
  say(message: object): void {
    this.command?.send(JSON.stringify(message));
  }

  of(op: string): Message[] {
    return this.sent.filter((message) => message.op === op);
  }

  /** The commands of one kind that the page sent. */
  kind(kind: string): Message[] {
    const all = this.of("command").map(({ command }) => command as Message);
    return all.filter((command) => command.kind === kind);
  }

  private changed(data: string): string {
    const message: Message = JSON.parse(data);
    if (message.op !== "status" || !Array.isArray(message.control)) return data;
    const control = message.control.map((one: Message) => ({
      ...one,
      ...this.control,
      can: { ...(one.can as object), ...this.can },
    }));
    return JSON.stringify({ ...message, control });
  }
}
