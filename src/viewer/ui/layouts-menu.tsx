import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconLayoutDashboard } from "@tabler/icons-react";
import { lazy, Suspense, useEffect } from "react";
import { layoutsAreOpen } from "../store/palette.ts";
import { useSignal } from "./viewer-context.ts";

const LayoutsList = lazy(async () => ({ default: (await import("./layouts-list.tsx")).LayoutsList }));

/** The button at the top that opens the layouts. */
export function LayoutsMenu() {
  const isOpen = useSignal(layoutsAreOpen);
  useEffect(() => {
    if (!isOpen) return;
    // From anywhere: the button that had the focus may be gone, and a tooltip keeps the key to itself.
    const down = ({ key, target }: KeyboardEvent) => {
      const isRenaming = target instanceof Element && target.closest(".layout-row input") !== null;
      if (key === "Escape" && !isRenaming) layoutsAreOpen.set(false);
    };
    addEventListener("keydown", down, { capture: true });
    return () => removeEventListener("keydown", down, { capture: true });
  }, [isOpen]);
  return (
    <Popover
      opened={isOpen}
      onChange={(next) => layoutsAreOpen.set(next)}
      position="bottom-end"
      shadow="md"
      transitionProps={{ duration: 0 }}
      withinPortal={false}
      trapFocus
      returnFocus
      closeOnEscape={false}
    >
      <Popover.Target>
        <Tooltip label="Layouts: save, choose, share" disabled={isOpen}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Layouts"
            onClick={() => layoutsAreOpen.update((now) => !now)}
          >
            <IconLayoutDashboard size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Layouts">
        <Suspense fallback={null}>
          <LayoutsList />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
