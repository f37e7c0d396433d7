// A vite plugin that makes build/wasm and build/images part of the site, at wasm/ and images/: served by the development server,
// put into dist/ by a build. Small files go through the bundle, so that the list for offline use has them; large ones are
// linked into dist/ afterwards.

import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Plugin } from "vite";
import { linkOrCopy } from "../build/link-or-copy.ts";

const FOLDERS = ["wasm", "images"];
const LARGE = 2 * 1024 * 1024;
const TYPES: Record<string, string> = { wasm: "application/wasm", json: "application/json" };

/** Paths in the site of what is built so far. */
export function builtPaths(build: string): string[] {
  return FOLDERS.flatMap((folder) => (existsSync(join(build, folder)) ? readdirSync(join(build, folder)).map((name) => `${folder}/${name}`) : []));
}

export function builtFiles(build: string): Plugin {
  const files = () => builtPaths(build);
  let output = "";
  return {
    name: "grailos-built-files",
    configResolved(config) {
      output = resolve(config.root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? "").split("?")[0]!).slice(1);
        if (!files().includes(path)) return next();
        const { size } = statSync(join(build, path));
        const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
        const start = range ? Number(range[1]) : 0;
        const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
        response.setHeader("Content-Type", TYPES[path.split(".").pop()!] ?? "application/octet-stream");
        response.setHeader("Content-Length", Math.max(0, end - start + 1));
        response.setHeader("Cache-Control", "no-cache");
        for (const [name, value] of Object.entries(server.config.server.headers ?? {})) response.setHeader(name, value as string);
        if (range) {
          response.statusCode = 206;
          response.setHeader("Content-Range", `bytes ${start}-${end}/${size}`);
        }
        createReadStream(join(build, path), { start, end }).pipe(response);
      });
    },
    generateBundle() {
      for (const path of files()) {
        const file = join(build, path);
        if (statSync(file).size <= LARGE) this.emitFile({ type: "asset", fileName: path, source: readFileSync(file) });
      }
    },
    writeBundle() {
      for (const path of files()) {
        const target = join(output, path);
        if (existsSync(target)) continue;
        mkdirSync(dirname(target), { recursive: true });
        linkOrCopy(join(build, path), target);
      }
    },
  };
}
