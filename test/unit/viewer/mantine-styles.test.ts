import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = new URL("../../..", import.meta.url).pathname;
const viewer = join(root, "src/viewer");

it("has the styles of each control of Mantine that the page uses", () => {
  const styles = readFileSync(join(viewer, "ui/mantine-styles.ts"), "utf8");
  const used = new Set<string>();
  for (const file of readdirSync(viewer, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(file)) continue;
    const text = readFileSync(join(viewer, file), "utf8");
    const imports = text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g);
    for (const [, names = ""] of imports) for (const name of names.split(",")) used.add(name.trim());
  }
  const lacking = [...used].filter(
    (name) =>
      existsSync(join(root, "node_modules/@mantine/core/styles", `${name}.css`)) &&
      !styles.includes(`/${name}.css`),
  );
  expect(used.size).toBeGreaterThan(10);
  expect(lacking).toEqual([]);
});
