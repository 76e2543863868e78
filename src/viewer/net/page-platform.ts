import { type Platform, platformOf } from "../../client/platform.ts";

/** What of the browser the page uses. `isForReading`: nothing is changed by it at the server. */
export function pagePlatform(isForReading: boolean): Platform {
  const platform = platformOf(WebSocket);
  if (!isForReading) return platform;
  return {
    ...platform,
    fetch: (url, request) =>
      request.method === "GET"
        ? platform.fetch(url, request)
        : Promise.reject(new Error("this part of the page is embedded for reading only")),
  };
}
