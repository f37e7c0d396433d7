// Pathname expansion (POSIX 2.13.3): the names that match a pattern, sorted. A leading dot matches only a dot, a slash only itself.

import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";
import { isPattern, patternSource, unquotePattern } from "./pattern.ts";

/** Empty if nothing matches. */
export function expandPathname(system: NativeSystem, pattern: string): string[] {
  const components = pattern.split(/(\/+)/);
  let found: string[] = [""];
  for (const [index, component] of components.entries()) {
    if (component === "") continue;
    if (component.startsWith("/")) { found = found.map((prefix) => prefix + component); continue; }
    const last = index === components.length - 1;
    if (!isPattern(component)) {
      const name = unquotePattern(component);
      const next = found.map((prefix) => prefix + name);
      // What follows a pattern must exist; a directory in the middle is tested by reading it.
      found = last ? next.filter((path) => !(system.stat(path, false) instanceof Failure)) : next;
      continue;
    }
    const regexp = new RegExp(`^${patternSource(component)}$`, "u");
    const hidden = component.startsWith(".") || component.startsWith("\\.");
    found = found.flatMap((prefix) => {
      const entries = system.readDirectory(prefix === "" ? "." : prefix);
      if (entries instanceof Failure) return [];
      return entries
        .filter((entry) => (hidden || !entry.name.startsWith(".")) && regexp.test(entry.name))
        .filter((entry) => last || entry.kind === "directory" || entry.kind === "link")
        .map((entry) => prefix + entry.name);
    });
    if (components[index + 2] === "" && last === false && components.length === index + 3) {
      found = found.filter((path) => { const stat = system.stat(path); return !(stat instanceof Failure) && stat.kind === "directory"; });
    }
  }
  return found.sort(compareBytes);
}

/** The order of the C locale, by code point. */
export function compareBytes(a: string, b: string): number { return a < b ? -1 : a > b ? 1 : 0; }
