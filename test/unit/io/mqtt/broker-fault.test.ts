import { describe, expect, it } from "vitest";
import { brokerFault } from "../../../../src/io/mqtt/broker-fault.ts";
import { brokerUrlFault, shownAddress, withoutLogins } from "../../../../src/io/mqtt/broker-url.ts";

const fault = (message: string, url = "mqtt://broker:1883", username?: string) =>
  brokerFault(new Error(message), { url, username }).remedy;

describe("a broker that cannot be used", () => {
  it("has a remedy of its own for each cause", () => {
    const remedies = [
      fault("Connection refused: Not authorized"),
      fault("Connection refused: Not authorized", "mqtt://broker", "arm"),
      fault("self-signed certificate in certificate chain", "mqtts://broker"),
      fault("Hostname/IP does not match certificate's altnames: Host: broker.", "mqtts://broker"),
      fault("mqtt.tls.ca: /x/ca.pem: there is no such file", "mqtts://broker"),
      fault("write EPROTO 40:error:wrong version number", "mqtts://broker:1883"),
      fault("the connection closed", "mqtt://broker:8883"),
      fault("the connection closed", "mqtt://broker:1883"),
      fault("tlsv13 alert certificate required", "mqtts://broker"),
      fault("certificate has expired", "mqtts://broker"),
      fault("connect ECONNREFUSED 127.0.0.1:1883"),
      fault("getaddrinfo ENOTFOUND broker"),
      fault("connect ETIMEDOUT"),
    ];
    expect(new Set(remedies).size).toBe(remedies.length);
    expect(remedies[0]).toBe("the broker wants a login: set mqtt.username and mqtt.passwordFile");
    expect(remedies[2]).toContain("set mqtt.tls.ca");
    expect(remedies[3]).toContain("mqtt.tls.serverName");
    expect(remedies[5]).toContain("use mqtt:// in mqtt.url");
    expect(remedies[6]).toContain("use mqtts:// in mqtt.url");
  });

  it("is named without the login that stands in its address", () => {
    const { reason } = brokerFault(new Error("connect to mqtt://arm:pw@2@broker:1883 failed"), {
      url: "mqtt://arm:pw@broker",
    });
    expect(reason).toBe("connect to mqtt://broker:1883 failed");
  });
});

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
