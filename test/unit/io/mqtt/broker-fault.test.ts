import { describe, expect, it } from "vitest";
import { type BrokerSettings, brokerFault } from "../../../../src/io/mqtt/broker-fault.ts";

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

  it("is told by the settings of who asks: the options of a command", () => {
    const options: BrokerSettings = {
      url: "--url",
      login: "--username",
      ca: "--ca",
      certificate: "--cert and --key",
      serverName: "--server-name",
    };
    const remedy = (message: string) =>
      brokerFault(new Error(message), { url: "mqtts://broker" }, options).remedy;
    expect(remedy("Not authorized")).toContain("set --username");
    expect(remedy("self-signed certificate")).toContain("set --ca");
    expect(remedy("handshake failure")).toContain("set --cert and --key");
    expect(remedy("altnames")).toContain("--server-name");
    expect(remedy("connect ECONNREFUSED")).toContain("correct --url");
    expect(remedy("something new")).toBe("check --url, --username, and the broker's log");
  });

  it("is known by its code, too, where the message says nothing", () => {
    const byCode = (code: string, url: string) =>
      brokerFault(Object.assign(new Error(""), { code }), { url });
    expect(byCode("ECONNREFUSED", "mqtt://broker").reason).toBe("ECONNREFUSED");
    expect(byCode("DEPTH_ZERO_SELF_SIGNED_CERT", "mqtts://broker").remedy).toContain("mqtt.tls.ca");
    expect(byCode("CERT_HAS_EXPIRED", "mqtts://broker").remedy).toContain("renew the broker's certificate");
  });

  it("with a WebSocket gets the words of a WebSocket", () => {
    expect(fault("write EPROTO", "wss://broker")).toContain("use ws:// in mqtt.url");
    expect(fault("socket hang up", "ws://broker")).toContain("needs wss://");
  });

  it("knows a login that stands in the address", () => {
    expect(fault("Not authorized", "mqtt://arm:pw@broker")).toContain("check mqtt.username");
  });
});
