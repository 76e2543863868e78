import { describe, expect, it } from "vitest";
import { brokerUrlFault, shownAddress, withoutLogins } from "../../../../src/io/mqtt/broker-url.ts";

describe("a broker's address", () => {
  it("is shown without its login, whatever the password is made of", () => {
    for (const password of ["pw", "p@w", "p/w", "p#w", "p?w", "p:w", "a\nb"]) {
      expect(shownAddress(`mqtts://arm:${password}@broker:8883`)).toBe("mqtts://broker:8883");
      expect(shownAddress(`arm:${password}@broker`)).toBe("broker");
    }
    expect(shownAddress("mqtt://broker:1883")).toBe("mqtt://broker:1883");
    expect(withoutLogins("from mqtt://a:b@c to ws://d:e@f/g")).toBe("from mqtt://c to ws://f/g");
  });

  it("that is none is refused with the one that was meant", () => {
    expect(brokerUrlFault("mqtt://127.0.0.1")).toBeNull();
    expect(brokerUrlFault("wss://broker/mqtt")).toBeNull();
    expect(brokerUrlFault("127.0.0.1:1883")).toBe(
      '"127.0.0.1:1883" is no address of a broker; write mqtt://127.0.0.1:1883',
    );
    expect(brokerUrlFault("broker:8883")).toContain("write mqtts://broker:8883");
    expect(brokerUrlFault("tcp://broker:1884")).toContain("write mqtt://broker:1884");
    expect(brokerUrlFault("mqtt://")).toContain("is no address");
    for (const secret of ["mqtt://arm:geheim#1@broker", "arm:geheim@broker:1883", "http://arm:geheim@b"]) {
      expect(brokerUrlFault(secret) ?? "").not.toContain("geheim");
    }
  });
});
