// The page's build. `npm run dev` and `npm run build` use it; the result in dist/ runs from any static host, in any sub-folder.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { bootManifest } from "./tools/vite/boot-manifest.ts";
import { builtFiles } from "./tools/vite/built-files.ts";
import { addressWithVersion, fileVersions } from "./tools/vite/file-versions.ts";
import { inlineRuntime } from "./tools/vite/inline-runtime.ts";
import { lastingFiles } from "./tools/vite/lasting-files.ts";
import { earlyMachine } from "./tools/vite/early-machine.ts";
import { offlineList } from "./web/build/offline-list.ts";

// Without these a browser gives no shared memory. A host that cannot set them is helped by public/service-worker.js.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Each request costs the browser and the Worker that waits for it about a millisecond, and a boot has a dozen Workers: so what several of
// them load is one file, what the shell loads another, and the page's own small modules a third. The terminal comes while the machine starts already.
const workerChunks = {
  groups: [
    { name: "shared", test: /\/(abi|lib\/ts)\//, minShareCount: 2 },
    { name: "shell", test: /\/personalities\/native\/(api|shell|main|programs|utilities\/(utility|echo|printf|test|escapes|signals|times))/ },
  ],
};
const pageChunks = {
  groups: [
    // What only panes that are opened later share.
    { name: "charts", test: /uplot|\/panes\/chart\.ts|\/model\/placement-board|\/style\/storage/, minShareCount: 2, priority: 2, includeDependenciesRecursively: false },
    // A link's decoder comes with a link, or after the boot.
    { name: "share-link", test: /fflate|\/model\/(share-link|base64url|checksum)/, priority: 1, includeDependenciesRecursively: false },
    { name: "page", test: /\/(web|abi|lib)\/|comlink|preload-helper|modulepreload/, minShareCount: 2, includeDependenciesRecursively: false },
  ],
};

export default defineConfig({
  root: at("web"),
  base: "./",
  // What is not there is not found; it is not the page.
  appType: "mpa",
  publicDir: at("public"),
  plugins: [bootManifest(), fileVersions(at("build")), builtFiles(at("build")), lastingFiles(), earlyMachine(), offlineList(addressWithVersion)],
  build: {
    outDir: at("dist"),
    emptyOutDir: true,
    target: "es2023",
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: { codeSplitting: pageChunks },
      input: ["index.html", "bench.html", "bench-floor.html"].map((page) => at(`web/${page}`)).filter((page) => existsSync(page)),
    },
  },
  worker: { format: "es", plugins: () => [bootManifest(), fileVersions(at("build")), inlineRuntime()], rolldownOptions: { output: { codeSplitting: workerChunks } } },
  server: { headers },
  preview: { headers },
});
