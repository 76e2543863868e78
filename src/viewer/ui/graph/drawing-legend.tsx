/** What the lines mean, in words. */
export function DrawingLegend() {
  const lines = [
    ["feeds", "feeds"],
    ["drives", "drives"],
    ["measures", "measures"],
    ["part", "part of"],
  ] as const;
  return (
    <ul className="graph-legend" aria-label="Lines">
      {lines.map(([kind, word]) => (
        <li key={kind}>
          <svg width="22" height="8" aria-hidden>
            <path className="graph-edge" data-kind={kind} d="M0 4H20" />
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}
