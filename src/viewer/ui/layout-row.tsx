import { ActionIcon, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { IconFileDownload, IconLink, IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { mostNameLength } from "../layout/layout.ts";
import type { LayoutShelf } from "../layout/layout-shelf.ts";
import { layoutFile, type NamedLayout } from "../layout/layout-text.ts";
import { layoutsAreOpen } from "../store/palette.ts";
import { download } from "./download.ts";
import { showLayout } from "./show-layout.ts";
import { useViewer } from "./viewer-context.ts";

/** What is said of the last thing that was done; a link that the browser does not let the page copy is shown instead. */
export type LayoutReport = { text: string; isBad?: boolean; link?: string };

type Props = {
  named: NamedLayout;
  shelf: LayoutShelf;
  onReport: (report: LayoutReport | null) => void;
  onLink: () => void;
  /** What had the focus is no more. */
  onGone: () => void;
};

/** One saved layout: its name shows it, the rest stands beside it. */
export function LayoutRow({ named, shelf, onReport, onLink, onGone }: Props) {
  const viewer = useViewer();
  const [isRenamed, setRenamed] = useState(false);
  const { name } = named;
  const actions = [
    { label: `Rename ${name}`, icon: IconPencil, act: () => setRenamed(true) },
    { label: `Copy a link to ${name}`, icon: IconLink, act: onLink },
    { label: `Save ${name} as a file`, icon: IconFileDownload, act: () => saveFile(named) },
    {
      label: `Delete ${name}`,
      icon: IconTrash,
      act: () => {
        onReport(null);
        shelf.delete(name);
        onGone();
      },
    },
  ];
  return (
    <li className="layout-row" aria-label={name}>
      {isRenamed ? (
        <Rename
          name={name}
          onDone={(next) => {
            const why = next === null ? null : shelf.rename(name, next);
            onReport(why === null ? null : { text: why, isBad: true });
            if (why !== null) return;
            setRenamed(false);
            onGone();
          }}
        />
      ) : (
        <UnstyledButton
          className="layout-name"
          title={`Arrange the page as “${name}”`}
          onClick={() => {
            layoutsAreOpen.set(false);
            showLayout(viewer, named);
          }}
        >
          {name}
        </UnstyledButton>
      )}
      {actions.map(({ label, icon: Icon, act }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} onClick={act}>
            <Icon size={15} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      ))}
    </li>
  );
}

/** Enter renames; Esc and leaving the field do not. */
function Rename({ name, onDone }: { name: string; onDone: (next: string | null) => void }) {
  const [text, setText] = useState(name);
  return (
    <TextInput
      flex={1}
      size="xs"
      autoFocus
      aria-label={`New name of ${name}`}
      maxLength={mostNameLength}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={() => onDone(null)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onDone(text);
        if (event.key === "Escape") onDone(null);
      }}
    />
  );
}

function saveFile(named: NamedLayout): void {
  const content = new Blob([layoutFile(named)], { type: "application/json" });
  download(content, `${named.name.replace(/[^\p{L}\p{N}]+/gu, "-")}.layout.json`);
}
