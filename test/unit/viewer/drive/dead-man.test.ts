import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchDeadMan } from "../../../../src/viewer/drive/dead-man.ts";

/** The browser's window, document and a query of its orientation. */
class Browser {
  readonly window = new EventTarget();
  readonly orientation = new EventTarget();
  readonly document = Object.assign(new EventTarget(), { visibilityState: "visible" });

  constructor() {
    vi.stubGlobal("addEventListener", this.window.addEventListener.bind(this.window));
    vi.stubGlobal("matchMedia", () => this.orientation);
    vi.stubGlobal("document", this.document);
  }
}

describe("the dead man's watch", () => {
  let browser: Browser;
  let letGone = 0;

  beforeEach(() => {
    browser = new Browser();
    letGone = 0;
    watchDeadMan(() => letGone++);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each(["blur", "pagehide", "pointercancel"])("lets go at the window's %s", (name) => {
    browser.window.dispatchEvent(new Event(name));
    expect(letGone).toBe(1);
  });

  it("lets go when the device is turned round", () => {
    browser.orientation.dispatchEvent(new Event("change"));
    expect(letGone).toBe(1);
  });

  it("lets go when the page is hidden, and not when it is shown again", () => {
    browser.document.visibilityState = "hidden";
    browser.document.dispatchEvent(new Event("visibilitychange"));
    expect(letGone).toBe(1);
    browser.document.visibilityState = "visible";
    browser.document.dispatchEvent(new Event("visibilitychange"));
    expect(letGone).toBe(1);
  });
});
