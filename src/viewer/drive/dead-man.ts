/**
 * Calls `letGo` whenever the person may no longer be holding: another tab or window, a device that is turned round, the page
 * going away.
 * The controls themselves add pointer and key up. It is no safety device: the server's 115 ms are.
 */
export function watchDeadMan(letGo: () => void): void {
  addEventListener("blur", letGo);
  addEventListener("pagehide", letGo);
  addEventListener("pointercancel", letGo);
  matchMedia("(orientation: portrait)").addEventListener("change", letGo);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") letGo();
  });
}
