import { join, resolve, sep } from "node:path";

/** `name` of `package://name/inside`, and what comes after it as it is written. */
export type PackageAddress = { scheme: "package" | "model"; name: string; inside: string };

/** The parts of a `package://` or `model://` address; null for any other. */
export function packageParts(address: string): PackageAddress | null {
  const [, scheme, name = "", inside = ""] = /^(package|model):\/\/([^/]*)\/*(.*)$/s.exec(address) ?? [];
  return scheme === undefined ? null : { scheme: scheme as PackageAddress["scheme"], name, inside };
}

/**
 * The paths that `inside`, the rest of an address, may mean below `folder`, the likelier first: percent-decoded once, as
 * an address is, and letter by letter, as a file may be named. Null when one of them is not below `bound`. Every text
 * that becomes a path goes through here, so that none is judged in another form than it is used in.
 */
export function pathsBelow(folder: string, inside: string, bound = folder): string[] | null {
  const root = resolve(bound);
  const paths: string[] = [];
  for (const form of new Set([decoded(inside), inside])) {
    const relative = form.replace(/^\/+/, "");
    // A backslash parts folders on some systems: it may not lead where a slash may not.
    for (const path of [relative, relative.replaceAll("\\", "/")]) {
      if (!resolve(join(folder, path)).startsWith(root + sep)) return null;
    }
    if (relative.includes("\0")) return null;
    paths.push(resolve(join(folder, relative)));
  }
  return paths;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
