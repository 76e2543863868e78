import { CloseButton, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { PlotBoard } from "../plots/plot-board.ts";
import { facetWords } from "../plots/plot-colors.ts";
import { found, lineKey, plottable } from "../plots/plot-line.ts";
import { mostLines } from "../plots/plot-lines.ts";
import { useSignal, useViewer } from "./viewer-context.ts";

const mostHits = 40;

/** Finds any number of the graph by parts of its name, and adds it to the plot. */
export function PlotSearch({ board }: { board: PlotBoard }) {
  const viewer = useViewer();
  const things = useSignal(viewer.store.things);
  const lines = useSignal(board.lines);
  const [text, setText] = useState("");
  const known = new Set(lines.map(lineKey));
  const hits = text.trim() === "" ? [] : found(plottable(things), text, mostHits);
  return (
    <div className="plot-search">
      <TextInput
        size="xs"
        aria-label="Find a number to plot"
        placeholder="Add a number: elbow position"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = hits.filter((line) => !known.has(lineKey(line)));
          if (event.key === "Enter" && first !== undefined) board.add(first);
          if (event.key === "Escape") setText("");
        }}
        rightSection={text !== "" && <CloseButton size="xs" aria-label="Clear" onClick={() => setText("")} />}
      />
      {text.trim() !== "" && (
        <ul className="plot-hits" aria-label="Numbers found">
          {hits.map((line) => (
            <li key={lineKey(line)}>
              <UnstyledButton
                className="thing"
                aria-pressed={known.has(lineKey(line))}
                disabled={!known.has(lineKey(line)) && lines.length >= mostLines}
                onClick={() => {
                  const shown = lines.find((one) => lineKey(one) === lineKey(line));
                  if (shown === undefined) board.add(line);
                  else board.remove(shown);
                }}
              >
                {line.name} <small className="dim">{facetWords[line.facet]}</small>
              </UnstyledButton>
            </li>
          ))}
          {hits.length === 0 && <li className="dim">No number has such a name.</li>}
        </ul>
      )}
    </div>
  );
}
