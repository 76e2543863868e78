import { useMantineColorScheme } from "@mantine/core";
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { palette } from "../../store/palette.ts";
import { pageKeys } from "../page-keys.ts";
import { useSignal, useViewer } from "../viewer-context.ts";
import { findCommands, type PaletteCommand } from "./find-commands.ts";
import { pageCommands } from "./page-commands.ts";
import { focusBefore } from "./palette-keys.ts";
import "./palette.css";

const mostShown = 12;

/**
 * What lies over the page, below the bar: STOP stays in reach. Not fetched when it is wanted: what is typed meanwhile would be keys of
 * the page, which drive and stop.
 */
export function Palette() {
  const open = useSignal(palette);
  useEffect(() => {
    const { element } = focusBefore;
    // Who pressed elsewhere wants to be there.
    if (open === null && element instanceof HTMLElement && document.activeElement === document.body)
      element.focus();
  }, [open]);
  if (open === null) return null;
  return open === "keys" ? <Keys /> : <Commands />;
}

function close(): void {
  palette.set(null);
}

function Commands() {
  const viewer = useViewer();
  const { setColorScheme } = useMantineColorScheme();
  const topics = useSignal(viewer.topics.desk.topics);
  const layouts = useSignal(viewer.arrangement.shelf);
  useEffect(() => void viewer.arrangement.openShelf(), [viewer]);
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: topics and layouts may come while it is open
  const commands = useMemo(
    () => pageCommands(viewer, setColorScheme),
    [viewer, setColorScheme, topics, layouts],
  );
  const found = findCommands(commands, search).slice(0, mostShown);
  const run = (command: PaletteCommand | undefined) => {
    if (command === undefined) return;
    close();
    command.run();
  };
  const down = (event: KeyboardEvent) => {
    const last = found.length - 1;
    if (event.key === "ArrowDown") setChosen(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp") setChosen(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Enter") run(found[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };
  return (
    <div className="palette" role="dialog" aria-label="Commands">
      <input
        ref={field}
        className="palette-field"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[chosen] === undefined ? undefined : `palette-${chosen}`}
        aria-label="Find a command"
        placeholder="Find a panel, a view, a topic …"
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={down}
        onBlur={close}
      />
      <div id="palette-list" className="palette-list" role="listbox" aria-label="Commands found">
        {found.map((command, i) => (
          <div
            key={command.name}
            id={`palette-${i}`}
            className="palette-item"
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            onPointerDown={(event) => {
              event.preventDefault();
              run(command);
            }}
          >
            {command.name} <small className="dim">{command.hint}</small>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="palette-none">Nothing is called so.</p>}
    </div>
  );
}

function Keys() {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => panel.current?.focus(), []);
  return (
    <div
      ref={panel}
      className="palette"
      role="dialog"
      aria-label="Keys"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
      onBlur={close}
    >
      <h2 className="palette-title">Keys</h2>
      <dl className="details palette-keys">
        {pageKeys.map(([key, what]) => (
          <div key={key} className="pair">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
