// Finds a circle among servers that call each other: with one, two servers could wait for each other for ever.

/** The names along a circle, the first repeated at the end; undefined if there is none. Unknown names are leaves. */
export function findCycle(calls: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): string[] | undefined => {
    const start = path.indexOf(name);
    if (start >= 0) return [...path.slice(start), name];
    if (done.has(name)) return undefined;
    for (const called of calls.get(name) ?? []) {
      const cycle = walk(called, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of calls.keys()) {
    const cycle = walk(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}
