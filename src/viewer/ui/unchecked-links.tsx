import { Text } from "@mantine/core";
import { listedNames } from "../../core/listed-names.ts";
import { useControl } from "./viewer-context.ts";

/** Says which links the server cannot check for collisions, where there are any. */
export function UncheckedLinks({ robot }: { robot: string }) {
  const links = useControl(robot)?.can.uncheckedLinks ?? [];
  if (links.length === 0) return null;
  return (
    <Text size="xs" className="refusal" role="note">
      Not checked for collisions: {listedNames(links)}. Their meshes cannot be read.
    </Text>
  );
}
