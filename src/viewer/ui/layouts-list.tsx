import "./layouts.css";
import { Button, Group, Text, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { layoutName, mostNameLength } from "../layout/layout.ts";
import type { LayoutShelf } from "../layout/layout-shelf.ts";
import { layoutLink, mostFileBytes, type NamedLayout, readLayoutFile } from "../layout/layout-text.ts";
import { type LayoutReport, LayoutRow } from "./layout-row.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";

type Report = (report: LayoutReport | null) => void;

/** The layouts of this browser: save, choose, rename, share, delete. */
export function LayoutsList() {
  const { arrangement } = useViewer();
  const shelf = useSignal(arrangement.shelf);
  useEffect(() => void arrangement.openShelf(), [arrangement]);
  return shelf === null ? null : <Shelf shelf={shelf} />;
}

function Shelf({ shelf }: { shelf: LayoutShelf }) {
  const layouts = useSignal(shelf.layouts);
  const [report, setReport] = useState<LayoutReport | null>(null);
  const root = useRef<HTMLDivElement>(null);
  return (
    <div className="layouts" ref={root} tabIndex={-1}>
      <h2 className="layouts-title">Layouts</h2>
      <SaveAs shelf={shelf} layouts={layouts} onReport={setReport} />
      {layouts.length === 0 && (
        <Text size="xs" c="dimmed">
          No layout is saved in this browser yet. A layout keeps the panel, the view, layers, plots, units and
          topics. It moves no robot.
        </Text>
      )}
      <ul className="layout-list" aria-label="Saved layouts">
        {layouts.map((named) => (
          <LayoutRow
            key={named.name}
            named={named}
            shelf={shelf}
            onReport={setReport}
            onGone={() => root.current?.focus()}
            onLink={() => void copyLink(named, setReport)}
          />
        ))}
      </ul>
      <Happened shelf={shelf} report={report} onGone={() => root.current?.focus()} />
      <Share shelf={shelf} onReport={setReport} />
    </div>
  );
}

type SaveAsProps = { shelf: LayoutShelf; layouts: readonly NamedLayout[]; onReport: Report };

function SaveAs({ shelf, layouts, onReport }: SaveAsProps) {
  const { arrangement } = useViewer();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const name = layoutName(text);
  const replaces = layouts.some((one) => one.name === name);
  const save = () => {
    if (name === null) return;
    const why = shelf.save({ name, layout: arrangement.layout() });
    onReport(why === null ? { text: `“${name}” is saved in this browser.` } : { text: why, isBad: true });
    if (why === null) setText("");
    // The button cannot keep the focus: without a name it is disabled.
    field.current?.focus();
  };
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <TextInput
        ref={field}
        flex={1}
        size="xs"
        aria-label="Name of the layout"
        placeholder="Name for the page as it is now"
        maxLength={mostNameLength}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && save()}
      />
      <Button size="xs" disabled={name === null} onClick={save}>
        {replaces ? "Replace" : "Save"}
      </Button>
    </Group>
  );
}

type HappenedProps = { shelf: LayoutShelf; report: LayoutReport | null; onGone: () => void };

function Happened({ shelf, report, onGone }: HappenedProps) {
  const deleted = useSignal(shelf.deleted);
  return (
    <output aria-live="polite" aria-label="Layouts, what happened">
      {deleted !== null && (
        <Group gap={8}>
          <Text size="xs">“{deleted.name}” was deleted.</Text>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              shelf.undoDelete();
              onGone();
            }}
          >
            Undo
          </Button>
        </Group>
      )}
      {report !== null && (
        <Text size="xs" className={report.isBad === true ? "refusal" : undefined}>
          {report.text}
        </Text>
      )}
      {report?.link !== undefined && (
        <TextInput
          size="xs"
          readOnly
          aria-label="Link to copy"
          value={report.link}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </output>
  );
}

function Share({ shelf, onReport }: { shelf: LayoutShelf; onReport: Report }) {
  const { arrangement } = useViewer();
  const file = useRef<HTMLInputElement>(null);
  const take = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    const text = chosen.size > mostFileBytes ? "" : await chosen.text();
    const read = readLayoutFile(text, arrangement.panels);
    if (!read.ok) {
      onReport({ text: `Not imported: ${read.reason}.`, isBad: true });
      return;
    }
    const named = unlike(shelf, read.value);
    const why = shelf.save(named);
    const said = `“${named.name}” is imported. Choose it above to see it.`;
    onReport(why === null ? { text: said } : { text: why, isBad: true });
  };
  return (
    <Group gap={8}>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => void copyLink({ name: "Shared view", layout: arrangement.layout() }, onReport)}
      >
        Copy link to this view
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => file.current?.click()}>
        Import file
      </Button>
      <input
        ref={file}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label="File of a layout"
        onChange={(event) => {
          const { currentTarget } = event;
          void take(currentTarget.files?.[0]).finally(() => {
            currentTarget.value = "";
          });
        }}
      />
    </Group>
  );
}

/** An import replaces nothing: it gets a number behind its name where there is one of that name. */
function unlike(shelf: LayoutShelf, { name, layout }: NamedLayout): NamedLayout {
  let free = name;
  for (let count = 2; shelf.find(free) !== null; count += 1) {
    const end = ` ${count}`;
    free = name.slice(0, mostNameLength - end.length) + end;
  }
  return { name: free, layout };
}

async function copyLink(named: NamedLayout, onReport: Report): Promise<void> {
  const url = new URL(location.pathname, location.origin);
  url.hash = `layout=${await layoutLink(named)}`;
  // Only where the page came over TLS or from this machine may a page write to the clipboard.
  const isWritten = await (navigator.clipboard?.writeText(url.href) ?? Promise.reject())
    .then(() => true)
    .catch(() => false);
  onReport(
    isWritten
      ? { text: `The link to “${named.name}” is copied.` }
      : { text: "This browser does not let the page copy. Copy the link:", link: url.href },
  );
}
