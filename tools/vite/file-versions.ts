// A vite plugin: `virtual:file-versions` is the version of each built module (wasm/NAME.wasm), a hash of its contents. A page that asks for a module with its
// version (`?v=`, which hosts of files ignore) may be given what the browser has kept, without asking whether it has changed: lasting-files.ts.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const NAME = "virtual:file-versions", RESOLVED = `\0${NAME}`, FOLDER = "wasm";

export function fileVersions(build: string): Plugin {
  const folder = join(build, FOLDER);
  return {
    name: "grailos-file-versions",
    resolveId: (id) => id === NAME ? RESOLVED : undefined,
    load(id) {
      if (id !== RESOLVED) return undefined;
      const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".wasm")) : [];
      const versions = names.map((name) => [`${FOLDER}/${name}`, createHash("sha256").update(readFileSync(join(folder, name))).digest("hex").slice(0, 12)]);
      return `export default ${JSON.stringify(Object.fromEntries(versions))};`;
    },
  };
}
