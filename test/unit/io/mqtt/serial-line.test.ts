import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { openLine, shownLine } from "../../../../src/io/mqtt/serial-line.ts";
import { freePort } from "./broker-at-hand.ts";

describe("a line to a microcontroller", () => {
  it("is named as people name it", () => {
    expect(shownLine({ kind: "tcp", host: "10.0.0.7", port: 5555 })).toBe("10.0.0.7:5555");
    expect(shownLine({ kind: "serial", path: "/dev/ttyUSB0", baudRate: 115_200 })).toBe(
      "/dev/ttyUSB0 at 115200 baud",
    );
  });

  it("by TCP carries bytes both ways", async () => {
    const taken: Socket[] = [];
    const server = createServer((socket) => {
      taken.push(socket);
      socket.write("from the device");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const line = await openLine({ kind: "tcp", host: "127.0.0.1", port });
    const [bytes] = (await once(line, "data")) as [Buffer];
    expect(bytes.toString()).toBe("from the device");
    line.write("to the device");
    const [answer] = (await once(taken[0] as Socket, "data")) as [Buffer];
    expect(answer.toString()).toBe("to the device");
    line.destroy();
    for (const socket of taken) socket.destroy();
    server.close();
  });

  it("is refused with what the system says", async () => {
    const port = await freePort();
    await expect(openLine({ kind: "tcp", host: "127.0.0.1", port })).rejects.toThrow("ECONNREFUSED");
    await expect(openLine({ kind: "serial", path: "/dev/no-such-port", baudRate: 9600 })).rejects.toThrow(
      /no such file|not installed/i,
    );
  });
});
