import { createHash, timingSafeEqual } from "node:crypto";
import type { Grant, TokenEntry } from "../../protocol/roles.ts";

/** Wrong tokens from one address in a minute, after which short tokens are refused unread. */
const failuresAMinute = 30;
const minuteMs = 60_000;
const mostAddresses = 10_000;
/** A token of so many characters cannot be guessed; a shorter one was made up by a person. */
export const unguessableLength = 22;

/** SHA-256 in hex. Enough for random tokens of at least 128 bits: there is nothing to guess them by. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

type Known = { grant: Grant; hash: Buffer };

/**
 * The tokens that open this server: `server.token`, those of the configuration, and those of the token file, which may
 * change while the server runs. Without any the server is open, and whoever reaches it is an admin.
 */
export class TokenBook {
  private readonly configured: Known[];
  private ofFile: Known[] = [];
  private hasFile = false;
  private readonly failures = new Map<string, { count: number; since: number }>();
  /** Called when a token went, with the check for grants that still hold. */
  private readonly listeners = new Set<() => void>();

  /** `token`: that of `server.token` or of this start, without a name; null: none. */
  constructor(
    token: string | null,
    configured: readonly TokenEntry[],
    private readonly now: () => number,
  ) {
    this.configured = configured.map(known);
    if (token === null) return;
    this.configured.push({ grant: { name: null, role: "admin" }, hash: hashBytes(tokenHash(token)) });
  }

  /** The tokens of the file; null: there is none. An empty file still asks for a token: it does not open the server. */
  setFile(entries: readonly TokenEntry[] | null): void {
    this.hasFile = entries !== null;
    this.ofFile = (entries ?? []).map((entry) => {
      const before = this.ofFile.find((one) => isSame(one, entry));
      // Who came by a token keeps the connection while the token stays.
      return before ?? known(entry);
    });
    for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Whether nobody needs a token. */
  get isOpen(): boolean {
    return this.configured.length === 0 && !this.hasFile;
  }

  /** Whether a connection that came by `grant` may stay. */
  holds(grant: Grant): boolean {
    if (grant === openGrant) return this.isOpen;
    return this.all().some((one) => one.grant === grant);
  }

  /**
   * Whom a token names; `wrong` where it is none of ours, `throttled` where this address gave too many wrong ones.
   * Compared in constant time.
   */
  find(given: string, address: string): Grant | "wrong" | "throttled" {
    if (this.isOpen) return openGrant;
    const failed = this.failures.get(address);
    const now = this.now();
    const isThrottled =
      failed !== undefined && failed.count >= failuresAMinute && now - failed.since < minuteMs;
    // A right token that nobody can guess always passes: a stop must not wait for somebody else's mistakes.
    if (isThrottled && given.length < unguessableLength) return "throttled";
    const hash = hashBytes(tokenHash(given));
    let found: Grant | null = null;
    for (const one of this.all()) if (timingSafeEqual(one.hash, hash)) found = one.grant;
    if (found !== null) return found;
    // A missing token is no guess.
    if (given !== "") this.countFailure(address, now);
    return isThrottled ? "throttled" : "wrong";
  }

  private countFailure(address: string, now: number): void {
    const failed = this.failures.get(address);
    if (failed !== undefined && now - failed.since < minuteMs) {
      failed.count++;
      return;
    }
    if (this.failures.size >= mostAddresses) this.failures.clear();
    this.failures.set(address, { count: 1, since: now });
  }

  private all(): Known[] {
    return [...this.configured, ...this.ofFile];
  }
}

/** Whoever reaches a server without tokens: as ever, the people at this machine. */
export const openGrant: Grant = { name: null, role: "admin" };

function known({ name, role, sha256 }: TokenEntry): Known {
  return { grant: { name, role }, hash: hashBytes(sha256) };
}

function isSame(one: Known, { name, role, sha256 }: TokenEntry): boolean {
  const { grant } = one;
  return grant.name === name && grant.role === role && one.hash.equals(hashBytes(sha256));
}

function hashBytes(sha256: string): Buffer {
  return Buffer.from(sha256, "hex");
}
