/**
 * What `map` holds under `key` by itself: a joint may be called `constructor`, and every plain object has one of
 * those from its prototype.
 */
export function ownValue<T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}
