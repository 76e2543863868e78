import { UnstyledButton } from "@mantine/core";
import { type PanelName, panels } from "./panel-names.ts";

/** Opens panels; the open one's button closes it again. */
export function Rail({ open, onOpen }: { open: PanelName | null; onOpen: (name: PanelName) => void }) {
  return (
    <nav className="rail" aria-label="Panels">
      {panels.map(({ name, label, icon: Icon, ...more }) => (
        <UnstyledButton
          key={name}
          className="rail-button"
          aria-pressed={open === name}
          aria-label={"buttonName" in more ? more.buttonName : undefined}
          onClick={() => onOpen(name)}
        >
          <Icon size={20} stroke={1.6} aria-hidden />
          <span>{label}</span>
        </UnstyledButton>
      ))}
    </nav>
  );
}
