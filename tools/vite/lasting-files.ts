// A vite plugin for `npm start` and the tests' and benchmarks' server: files with a hash of their contents in their names never change, so browsers need not
// ask again whether they have. Hosts that set this header save each boot some fifty requests; public/service-worker.js knows such files by the same rule.

import type { Plugin } from "vite";

const LASTING = /\/(assets|images)\/[^/]+-[\w-]{8}\.\w+$/;

export function lastingFiles(): Plugin {
  return {
    name: "grailos-lasting-files",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (LASTING.test(new URL(request.url ?? "/", "http://site").pathname)) {
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
