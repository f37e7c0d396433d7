// A vite plugin for `npm start` and the tests' and benchmarks' server: files with a hash of their contents in their names, or asked for with the version that
// they have (file-versions.ts), never change, so browsers need not ask again whether they have. Hosts that set this header save each boot some fifty requests;
// public/service-worker.js knows the first kind by the same rule. A file asked for with another version (by a page of another build) must not be marked.

import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";
import { fileVersion, VERSIONED_PATH } from "./file-versions.ts";

const HASHED = /^\/(?:.*\/)?(?:assets|images)\/[^/?]+-[\w-]{8}\.\w+(?:\?.*)?$/;
const VERSIONED = new RegExp(`^/(?:.*/)?(${VERSIONED_PATH})\\?v=([0-9a-f]{12})$`);

/** `site`: the folder that is served. */
function lastingAddresses(site: string): (address: string) => boolean {
  const versions = new Map<string, { changed: number; size: number; version: string }>();
  const versionNow = (path: string): string | undefined => {
    const file = join(site, path), stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) return undefined;
    let known = versions.get(path);
    if (known?.changed !== stat.mtimeMs || known.size !== stat.size) versions.set(path, known = { changed: stat.mtimeMs, size: stat.size, version: fileVersion(readFileSync(file)) });
    return known.version;
  };
  return (address) => {
    if (HASHED.test(address)) return true;
    const [, path, version] = VERSIONED.exec(address) ?? [];
    return path !== undefined && versionNow(path) === version;
  };
}

export function lastingFiles(): Plugin {
  return {
    name: "grailos-lasting-files",
    configurePreviewServer({ middlewares, config }) {
      const lasts = lastingAddresses(resolve(config.root, config.build.outDir));
      middlewares.use((request, response, next) => {
        if (lasts(request.url ?? "/")) {
          const { writeHead } = response;
          // The file server gives its own header with the status: only here it can be replaced.
          response.writeHead = ((status: number, headers?: Record<string, unknown>) =>
            writeHead.call(response, status, { ...headers, ...(status === 200 || status === 206 ? { "Cache-Control": "public, max-age=31536000, immutable" } : {}) } as never)) as typeof response.writeHead;
        }
        next();
      });
    },
  };
}
