import mqtt from "mqtt";

/** Null when a broker answers at `url` and lets us in; else what was wrong. Takes 4 s at most. */
export function probeBroker(
  url: string,
  login: { username?: string | undefined; password?: string | undefined },
): Promise<string | null> {
  const { username, password } = login;
  return new Promise((resolve) => {
    const client = mqtt.connect(url, {
      protocolVersion: 5,
      reconnectPeriod: 0,
      connectTimeout: 4000,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    });
    const done = (fault: string | null): void => {
      client.removeAllListeners();
      client.on("error", () => undefined);
      client.end(true);
      resolve(fault);
    };
    client.once("connect", () => done(null));
    client.once("error", (error) => done(error.message || String(error)));
    client.once("close", () => done("no answer"));
  });
}
