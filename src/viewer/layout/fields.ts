import { isObject } from "../../client/message-checks.ts";
import { type Refusal, refused } from "../../core/result.ts";

/**
 * Takes the fields of a foreign object one by one and keeps the first fault. What a method returns after a fault
 * only has the right type: who asks looks at `refusal` first.
 */
export class Fields {
  refusal: Refusal | null = null;
  private readonly record: Record<string, unknown>;

  /** `keys`: all that there must be; `more`: what there may be besides. Nothing else may be there. */
  constructor(value: unknown, name: string, keys: readonly string[], more: readonly string[] = []) {
    this.record = isObject(value) ? value : {};
    if (!isObject(value)) this.fault("is not an object", name);
    for (const key of Object.keys(this.record)) {
      if (!keys.includes(key) && !more.includes(key)) this.fault("is not known here", key.slice(0, 40));
    }
    for (const key of keys) if (!Object.hasOwn(this.record, key)) this.fault("is missing", key);
  }

  get(key: string): unknown {
    return Object.hasOwn(this.record, key) ? this.record[key] : undefined;
  }

  fault(what: string, path: string): void {
    this.refusal ??= refused(`“${path}” ${what}`, path);
  }

  nullOr<T>(key: string, take: (value: unknown) => T): T | null {
    const value = this.get(key);
    return value === null ? null : take(value);
  }

  boolean(key: string): boolean {
    const value = this.get(key);
    if (typeof value !== "boolean") this.fault("is neither true nor false", key);
    return value === true;
  }

  text(path: string, value: unknown, most: number): string {
    if (typeof value === "string" && value.length <= most && !/\p{Cc}/u.test(value)) return value;
    this.fault(`is no text of at most ${most} characters`, path);
    return "";
  }

  number(path: string, value: unknown, least: number, most: number): number {
    if (typeof value === "number" && value >= least && value <= most) return value;
    this.fault(`is no number from ${least} to ${most}`, path);
    return least;
  }

  oneOf<T extends string>(path: string, value: unknown, all: readonly T[]): T {
    const known = all.find((one) => one === value);
    if (known === undefined) this.fault("has a value that this page does not know", path);
    return known ?? (all[0] as T);
  }

  list<T>(key: string, most: number, take: (value: unknown, path: string) => T): T[] {
    const value = this.get(key);
    if (Array.isArray(value) && value.length <= most) return value.map((one, i) => take(one, `${key}[${i}]`));
    this.fault(`is no list of at most ${most}`, key);
    return [];
  }
}
