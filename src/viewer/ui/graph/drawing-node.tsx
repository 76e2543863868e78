import type { ShownNode } from "../../diagram/diagram-folds.ts";
import { boxHeight, boxWidth } from "../../diagram/diagram-layout.ts";
import { useReading, useViewer } from "../viewer-context.ts";
import { type NodeReading, readNode, worstOf } from "./node-reading.ts";

/** Letters that surely fit; longer names are pressed together, and still longer ones cut. */
const fittingLetters = 14;
const mostLetters = 22;
/** With and without the number of those that are folded. */
const mostWords = { folded: 14, plain: 20 } as const;
const textWidth = boxWidth - 17 - 8;

type NodeProps = {
  node: ShownNode;
  x: number;
  y: number;
  level: number;
  isGone: boolean;
  isSelected: boolean;
  /** Whether Tab leads to it. */
  isStop: boolean;
  press(id: string): void;
  fold(id: string, isOpen: boolean): void;
  focused(id: string): void;
};

/** One box: its name, how it is as colour and in words, and how many are folded into it. */
export function DrawingNode({
  node,
  x,
  y,
  level,
  isGone,
  isSelected,
  isStop,
  press,
  fold,
  focused,
}: NodeProps) {
  const viewer = useViewer();
  const { id, label, kind, isOpen, hasInside, hidden } = node;
  const reading = useReading(() => {
    const nowMs = viewer.state.moment();
    if (nowMs === null) return "";
    return JSON.stringify(isGone ? gone : readWithHidden(node, (one) => readNode(viewer, one, nowMs)));
  });
  const { tone, word, text } = reading === "" ? unread : (JSON.parse(reading) as NodeReading);
  const folded = hidden.length > 0 ? `, ${hidden.length} folded into it` : "";
  return (
    <g
      className="graph-node"
      data-kind={kind}
      data-tone={tone}
      data-selected={isSelected}
      transform={`translate(${x} ${y})`}
    >
      <title>{`${label}: ${text}`}</title>
      <g
        id={`node-${id}`}
        className="graph-item"
        role="treeitem"
        tabIndex={isStop ? 0 : -1}
        aria-level={level}
        aria-selected={isSelected}
        aria-expanded={hasInside ? isOpen : undefined}
        aria-label={`${label}, ${kind}, ${word}${folded}`}
        onClick={() => press(id)}
        onFocus={() => focused(id)}
      >
        <rect className="graph-box" width={boxWidth} height={boxHeight} rx={6} />
        <rect className="graph-tone" width={4} height={boxHeight - 12} x={6} y={6} rx={2} />
      </g>
      <text
        aria-hidden
        className="graph-label"
        x={17}
        y={17}
        {...(label.length > fittingLetters
          ? { textLength: textWidth, lengthAdjust: "spacingAndGlyphs" }
          : {})}
      >
        {cut(label, mostLetters)}
      </text>
      <text aria-hidden className="graph-words" x={17} y={32}>
        {text.slice(0, hidden.length > 0 ? mostWords.folded : mostWords.plain)}
      </text>
      {hasInside && kind !== "twin" && (
        <g
          className="graph-fold"
          data-open={isOpen}
          aria-hidden
          transform={`translate(${boxWidth - 21} ${boxHeight - 12})`}
          onClick={() => fold(id, !isOpen)}
        >
          <rect x={-16} y={-8} width={32} height={16} rx={8} />
          <text textAnchor="middle" y={4}>
            {isOpen ? "−" : `+${hidden.length}`}
          </text>
        </g>
      )}
    </g>
  );
}

const unread: NodeReading = { tone: "off", word: "not known yet", text: "–" };
const gone: NodeReading = { tone: "off", word: "gone", text: "gone" };

/** A box is as the worst of those that are folded into it, which is then said with its name. */
function readWithHidden(
  node: ShownNode,
  read: (node: ShownNode["hidden"][number]) => NodeReading,
): NodeReading {
  const own = read(node);
  if (node.hidden.length === 0 || own.tone === "bad" || own.tone === "stale") return own;
  for (const one of node.hidden) {
    const inner = read(one);
    const worse = worstOf([own, inner]);
    if (worse !== inner || inner.tone === own.tone) continue;
    if (inner.tone === "bad" || inner.tone === "stale")
      return { ...inner, text: `${one.label}: ${inner.word}` };
  }
  return own;
}

function cut(text: string, letters: number): string {
  if (text.length <= letters) return text;
  const end = Math.floor(letters / 2);
  return `${text.slice(0, letters - end - 1)}…${text.slice(-end)}`;
}
