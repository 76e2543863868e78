import type { z } from "zod";

/** The parts of a zod schema that are walked through here. */
type Def = {
  type: string;
  innerType?: z.ZodType;
  in?: z.ZodType;
  out?: z.ZodType;
  element?: z.ZodType;
  valueType?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  options?: readonly z.ZodType[];
};

/** The keys that a map at `path` of a schema may have; none where there is no map with fixed keys. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const def = schema._zod.def as unknown as Def;
  const [first, ...rest] = path;
  switch (def.type) {
    case "default":
    case "prefault":
    case "optional":
    case "nullable":
    case "readonly":
      return def.innerType === undefined ? [] : keysAt(def.innerType, path);
    case "pipe":
      // The schema is on the one side, a transform on the other.
      return [def.in, def.out].flatMap((side) => (side === undefined ? [] : keysAt(side, path)));
    case "union":
      return (def.options ?? []).flatMap((option) => keysAt(option, path));
    case "array":
      return def.element === undefined || first === undefined ? [] : keysAt(def.element, rest);
    case "record":
      return def.valueType === undefined || first === undefined ? [] : keysAt(def.valueType, rest);
    case "object": {
      const shape = def.shape ?? {};
      if (first === undefined) return Object.keys(shape);
      const inner = Object.hasOwn(shape, first) ? shape[String(first)] : undefined;
      return inner === undefined ? [] : keysAt(inner, rest);
    }
    default:
      return [];
  }
}
