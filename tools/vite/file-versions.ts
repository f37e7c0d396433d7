// A vite plugin: `virtual:file-versions` is the version of each built file that every boot asks for by a name without a hash (the modules, wasm/NAME.wasm, and the
// web file system's index), a hash of its contents. Who asks for one with its version (`?v=`, which hosts of files ignore) may be given what the browser has kept,
// without asking whether it has changed: lasting-files.ts.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { builtPaths } from "./built-files.ts";

const NAME = "virtual:file-versions", RESOLVED = `\0${NAME}`;

/** Of a regular expression: the paths in the site of files that have a version. */
export const VERSIONED_PATH = String.raw`wasm/[\w-]+\.wasm|images/index\.json`;
const VERSIONED = new RegExp(`^(?:${VERSIONED_PATH})$`);

export function fileVersion(contents: string | Uint8Array): string { return createHash("sha256").update(contents).digest("hex").slice(0, 12); }

/** What is asked for (web/services/site-file.ts), of a file with this path in the site. */
export function addressWithVersion(path: string, contents: string | Uint8Array): string {
  return VERSIONED.test(path) ? `${path}?v=${fileVersion(contents)}` : path;
}

export function fileVersions(build: string): Plugin {
  return {
    name: "grailos-file-versions",
    resolveId: (id) => id === NAME ? RESOLVED : undefined,
    load(id) {
      if (id !== RESOLVED) return undefined;
      const versions = builtPaths(build).filter((path) => VERSIONED.test(path)).map((path) => [path, fileVersion(readFileSync(join(build, path)))]);
      return `export default ${JSON.stringify(Object.fromEntries(versions))};`;
    },
  };
}
