// Finding a program by name: on PATH, or as it stands if it has a slash. Found paths are remembered until PATH changes.

import { Failure } from "../api/failure.ts";
import type { NativeSystem } from "../api/native-system.ts";

export const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

export type Found = { path: string } | { status: 126 | 127; message: string };

export class CommandSearch {
  private known = new Map<string, string>();
  private knownFor: string | undefined;

  constructor(private readonly system: NativeSystem) {}

  forget(): void { this.known.clear(); }

  remembered(): ReadonlyMap<string, string> { return this.known; }

  find(name: string, searchPath: string | undefined): Found {
    if (name.includes("/")) return this.check(name) ?? { status: 127, message: `${name}: not found` };
    const path = searchPath ?? DEFAULT_PATH;
    if (path !== this.knownFor) { this.forget(); this.knownFor = path; }
    const known = this.known.get(name);
    if (known !== undefined) return { path: known };
    let denied: Found | undefined;
    for (const directory of path.split(":")) {
      const candidate = directory === "" ? `./${name}` : `${directory.replace(/\/$/, "")}/${name}`;
      const found = this.check(candidate);
      if (found && "path" in found) { if (directory.startsWith("/")) this.known.set(name, candidate); return found; }
      denied ??= found && !found.message.endsWith("Is a directory") ? found : undefined;
    }
    return denied ?? { status: 127, message: `${name}: not found` };
  }

  private check(path: string): Found | undefined {
    const stat = this.system.stat(path);
    if (stat instanceof Failure) return stat.error === "NotFound" || stat.error === "NotDirectory" ? undefined : { status: 126, message: `${path}: ${stat.message}` };
    if (stat.kind === "directory") return { status: 126, message: `${path}: Is a directory` };
    if ((stat.mode & 0o111) === 0) return { status: 126, message: `${path}: Permission denied` };
    return { path };
  }

  /** Names of all programs on the path, for completion. */
  names(searchPath: string | undefined): string[] {
    return (searchPath ?? DEFAULT_PATH).split(":").flatMap((directory) => {
      const entries = this.system.readDirectory(directory === "" ? "." : directory);
      return entries instanceof Failure ? [] : entries.filter((entry) => entry.kind !== "directory").map((entry) => entry.name);
    });
  }
}
