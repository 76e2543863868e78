/** A list that a page kept in this browser; empty where there is none, or something else. */
export function storedList(storage: Storage, key: string): unknown[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
