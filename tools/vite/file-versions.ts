// A vite plugin: `virtual:file-versions` is the version of each built module (wasm/NAME.wasm), a hash of its contents. A page that asks for a module with its
// version (`?v=`, which hosts of files ignore) may be given what the browser has kept, without asking whether it has changed: lasting-files.ts.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const NAME = "virtual:file-versions", RESOLVED = `\0${NAME}`, FOLDER = "wasm";

export function fileVersion(contents: string | Uint8Array): string { return createHash("sha256").update(contents).digest("hex").slice(0, 12); }

/** What the page asks for (web/services/site-file.ts), of a file with this path in the site. */
export function addressWithVersion(path: string, contents: string | Uint8Array): string {
  return path.startsWith(`${FOLDER}/`) && path.endsWith(".wasm") ? `${path}?v=${fileVersion(contents)}` : path;
}

export function fileVersions(build: string): Plugin {
  const folder = join(build, FOLDER);
  return {
    name: "grailos-file-versions",
    resolveId: (id) => id === NAME ? RESOLVED : undefined,
    load(id) {
      if (id !== RESOLVED) return undefined;
      const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".wasm")) : [];
      const versions = names.map((name) => [`${FOLDER}/${name}`, fileVersion(readFileSync(join(folder, name)))]);
      return `export default ${JSON.stringify(Object.fromEntries(versions))};`;
    },
  };
}
