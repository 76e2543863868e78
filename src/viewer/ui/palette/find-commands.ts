/** One thing that the palette does. */
export type PaletteCommand = { name: string; hint: string; run: () => void };

/** The commands whose names or hints have all words of `search`, those that begin with it first. */
export function findCommands(commands: readonly PaletteCommand[], search: string): PaletteCommand[] {
  const bare = search.trim().toLowerCase();
  const words = bare.split(/\s+/).filter(Boolean);
  return commands
    .map((command, order) => {
      const name = command.name.toLowerCase();
      const text = `${name} ${command.hint.toLowerCase()}`;
      if (!words.every((word) => text.includes(word))) return null;
      const rank = name.startsWith(bare) ? 0 : words.every((word) => name.includes(word)) ? 1 : 2;
      return { command, rank, order };
    })
    .filter((found) => found !== null)
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .map(({ command }) => command);
}
