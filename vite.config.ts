// The page's build. `npm run dev` and `npm run build` use it; the result in dist/ runs from any static host, in any sub-folder.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { builtFiles } from "./tools/vite/built-files.ts";
import { offlineList } from "./web/build/offline-list.ts";

// Without these a browser gives no shared memory. A host that cannot set them is helped by public/service-worker.js.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at("web"),
  base: "./",
  // What is not there is not found; it is not the page.
  appType: "mpa",
  publicDir: at("public"),
  plugins: [builtFiles(at("build")), offlineList()],
  build: {
    outDir: at("dist"),
    emptyOutDir: true,
    target: "es2023",
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { input: ["index.html", "bench.html", "bench-floor.html"].map((page) => at(`web/${page}`)).filter((page) => existsSync(page)) },
  },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
});
