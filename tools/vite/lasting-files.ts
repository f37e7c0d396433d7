// A vite plugin for `npm start` and the tests' and benchmarks' server: files with a hash of their contents in their names, or asked for with a version
// (file-versions.ts), never change, so browsers need not ask again whether they have. Hosts that set this header save each boot some fifty requests; public/service-worker.js knows the first kind by the same rule.

import type { Plugin } from "vite";

const LASTING = /^\/(?:.*\/)?(?:(?:assets|images)\/[^/?]+-[\w-]{8}\.\w+(?:\?.*)?|wasm\/[\w-]+\.wasm\?v=[0-9a-f]{12})$/;

export function lastingFiles(): Plugin {
  return {
    name: "grailos-lasting-files",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (LASTING.test(request.url ?? "/")) {
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
