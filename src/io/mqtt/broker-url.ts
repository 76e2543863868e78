/** The address as people may see it: without the login that may be in it. */
export function shownAddress(url: string): string {
  // Up to the last @, with or without a scheme, whatever is before it: it may be a password, well written or not.
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1");
}

/** A text in which addresses may stand, as a library's message, without their logins. */
export function withoutLogins(text: string): string {
  return text.replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"']*@/gi, "$1");
}

/** Why a text is no address of a broker, with the right one where that can be guessed; null when it is one. */
export function brokerUrlFault(text: string): string | null {
  const shown = shownAddress(text);
  if (/^(?:mqtts?|wss?):\/\//i.test(text)) {
    if (URL.canParse(text) && new URL(text).hostname !== "") return null;
    return `"${shown}" is no address of a broker; write one as mqtt://127.0.0.1:1883`;
  }
  const bare = /^(?:(?:tcp|mqtt|ssl|tls):\/*)?([^\s:/@]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  const scheme = bare?.[2] === "8883" || /^(?:ssl|tls):/i.test(text) ? "mqtts" : "mqtt";
  const meant =
    bare === null
      ? "mqtt://127.0.0.1:1883"
      : `${scheme}://${bare[1]}:${bare[2] ?? (scheme === "mqtts" ? 8883 : 1883)}`;
  return `"${shown}" is no address of a broker; write ${meant}`;
}
