// The page's build. `npm run dev` and `npm run build` use it; the result in dist/ runs from any static host, in any sub-folder.

import { defineConfig } from "vite";

// Without these a browser gives no shared memory. A host that cannot set them is helped by public/service-worker.js.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  root: "web",
  base: "./",
  publicDir: "../public",
  build: { outDir: "../dist", emptyOutDir: true, target: "es2023" },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
});
