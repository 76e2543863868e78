/*
 * `<twin-robot src="http://robot:8080/" show="scene" robot="arm" theme="dark" controls token="…">`: the twin in any page. Load this
 * file as a module from the twin itself; the twin must name the page's origin in server.embed.
 */

const attributes = ["src", "show", "robot", "theme", "controls", "token"] as const;

class TwinRobot extends HTMLElement {
  static readonly observedAttributes = attributes;
  private frame: HTMLIFrameElement | null = null;
  private isAsked = false;

  connectedCallback(): void {
    if (this.style.display === "") this.style.display = "block";
    if (this.style.minHeight === "" && this.clientHeight === 0) this.style.minHeight = "320px";
    this.show();
  }

  disconnectedCallback(): void {
    this.frame?.remove();
    this.frame = null;
  }

  attributeChangedCallback(): void {
    // Several attributes at once are one change.
    if (!this.isConnected || this.isAsked) return;
    this.isAsked = true;
    queueMicrotask(() => {
      this.isAsked = false;
      if (this.isConnected) this.show();
    });
  }

  private show(): void {
    const attribute = (name: string) => this.getAttribute(name);
    const address = frameAddress(attribute, new URL(import.meta.url), document.baseURI);
    if (address === null || this.frame?.src === address) return;
    // A new frame: where only what stands behind # changes, the old one would not load anew.
    const frame = document.createElement("iframe");
    frame.title = this.getAttribute("title") ?? "Digital twin of a robot";
    frame.style.cssText = "border:0;width:100%;height:100%;min-height:inherit;display:block";
    frame.allow = "fullscreen; gamepad";
    frame.src = address;
    this.frame?.remove();
    this.frame = frame;
    this.append(frame);
  }
}

/** What the frame shows; null: `src` is no address. Without `src` it is the twin that this file came from. */
export function frameAddress(
  attribute: (name: string) => string | null,
  own: URL,
  base: string,
): string | null {
  let url: URL;
  try {
    const src = attribute("src");
    url = src === null || src === "" ? new URL(".", own) : new URL(src, base);
  } catch {
    return null;
  }
  if (!/^https?:$/.test(url.protocol)) return null;
  url.searchParams.set("embed", attribute("show") ?? "scene");
  for (const name of ["robot", "theme"]) {
    const value = attribute(name);
    if (value !== null && value !== "") url.searchParams.set(name, value);
  }
  if (attribute("controls") !== null) url.searchParams.set("controls", "1");
  const token = attribute("token");
  // Behind #: so it is in no server's log, and in no Referer.
  if (token !== null && token !== "") url.hash = `token=${encodeURIComponent(token)}`;
  return url.href;
}

if (typeof customElements !== "undefined" && customElements.get("twin-robot") === undefined) {
  customElements.define("twin-robot", TwinRobot);
}
