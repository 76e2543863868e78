const retryAfterMs = 2000;

/**
 * One connection to a twin, shared by the nodes of a flow. `connect` of `twinbridge/client` gives up when its first attempt
 * fails; this one tries again until it is closed. After a later loss the library connects again by itself.
 */
class TwinConnection {
  /** `load` gives the library; `warn` takes a line for the log. */
  constructor({ url, token, holder, load, warn }) {
    this.url = url;
    this.token = token;
    this.holder = holder;
    this.load = load;
    this.warn = warn;
    this.twin = null;
    this.closed = false;
    this.said = "";
    this.timer = null;
    this.listeners = new Set();
    this.leases = new Map();
    void this.attempt();
  }

  /** `listener(twin, state)` now and whenever the state changes; `twin` is null before the first connection. */
  on(listener) {
    this.listeners.add(listener);
    listener(this.twin, this.state);
    return () => this.listeners.delete(listener);
  }

  get state() {
    if (this.closed) return "closed";
    return this.twin === null ? "connecting" : this.twin.connection;
  }

  /** The twin; throws an error with the code `not_connected` before the first connection. */
  get connected() {
    if (this.twin !== null) return this.twin;
    throw Object.assign(
      new Error(`not connected to ${this.url}${this.said === "" ? "" : `: ${this.said}`}`),
      {
        code: "not_connected",
      },
    );
  }

  /**
   * Runs `work(lease)` with the lease of a robot. Works that overlap share one lease; it is released with the last of them,
   * so that people can drive in between. A lease that was lost is acquired anew for the next work.
   */
  async withLease(robot, work) {
    let shared = this.leases.get(robot);
    if (shared === undefined || shared.lost) {
      shared = { users: 0, lost: false, lease: null };
      shared.lease = this.acquire(robot, shared);
      this.leases.set(robot, shared);
    }
    shared.users++;
    try {
      return await work(await shared.lease);
    } finally {
      shared.users--;
      if (shared.users === 0) {
        if (this.leases.get(robot) === shared) this.leases.delete(robot);
        // Nobody waits for it any more: a lease that cannot be released ends by itself.
        await shared.lease.then((lease) => (lease.held ? lease.release() : undefined)).catch(() => {});
      }
    }
  }

  async acquire(robot, shared) {
    try {
      const lease = await this.connected.robot(robot).acquire();
      lease.on("lost", () => {
        shared.lost = true;
      });
      return lease;
    } catch (error) {
      shared.lost = true;
      throw error;
    }
  }

  /** Stops one robot, or all with `*`. Goes by HTTP where there is no connection. */
  async stop(robot, reason) {
    if (this.twin !== null) {
      await (robot === "*" ? this.twin.stop(reason) : this.twin.robot(robot).stop(reason));
      return;
    }
    const headers = { "Content-Type": "application/json" };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const base = this.url.replace(/#.*$/, "").replace(/\/?$/, "/");
    const address = new URL(
      "api/stop",
      /^\w+:\/\//.test(base) ? base.replace(/^ws/, "http") : `http://${base}`,
    );
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify({ robot }) }).catch(
      (error) => {
        throw notStopped(error.cause?.message ?? error.message);
      },
    );
    if (!answer.ok) throw notStopped(`HTTP ${answer.status}`);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.twin?.close();
    this.tell();
    this.listeners.clear();
  }

  async attempt() {
    try {
      const { connect } = await this.load();
      if (this.closed) return;
      const twin = await connect(this.url, { token: this.token || undefined, holder: this.holder });
      if (this.closed) return twin.close();
      this.twin = twin;
      this.said = "";
      twin.on("connection", () => this.tell());
      twin.on("error", (error) => this.warn(`${error.code}: ${error.message}`));
      this.tell();
    } catch (error) {
      if (this.closed) return;
      const said = `${error.code === undefined ? "" : `${error.code}: `}${error.message}`;
      if (said !== this.said) this.warn(said);
      this.said = said;
      this.timer = setTimeout(() => void this.attempt(), retryAfterMs);
    }
  }

  tell() {
    for (const listener of this.listeners) listener(this.twin, this.state);
  }
}

function notStopped(why) {
  return Object.assign(new Error(`the twin did not confirm the stop: ${why}`), { code: "not_stopped" });
}

module.exports = { TwinConnection };
