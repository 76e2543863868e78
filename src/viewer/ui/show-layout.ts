import type { NamedLayout } from "../layout/layout-text.ts";
import type { Viewer } from "../viewer.ts";

/** Arranges the page as a layout has it; a notice where it cannot. */
export function showLayout({ arrangement, driver }: Viewer, { name, layout }: NamedLayout): void {
  const why = arrangement.show(layout);
  if (why !== null) driver.notice.set(`The layout “${name}” is not shown: ${why}. Nothing was changed.`);
}
