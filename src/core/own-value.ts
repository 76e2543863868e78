/**
 * The value under `key` of `map` itself: a joint may be called `constructor`, and every plain object inherits a
 * property of that name.
 */
export function ownValue<T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}
