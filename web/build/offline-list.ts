// A vite plugin that writes offline-list.json: the files that the page is made of, for the service worker to keep. Large images of
// programs are left out; they are kept when they were used once. Files are named by the address that the page asks for, so that none is fetched twice.

import type { Plugin } from "vite";

/** Bytes; larger files are kept only once they were used. */
const LARGEST = 2 * 1024 * 1024;

/** `address`: what the page asks for, of a file with this path and contents. */
export function offlineList(address: (path: string, contents: string | Uint8Array) => string): Plugin {
  return {
    name: "grailos-offline-list",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle)
        .filter((file) => !file.fileName.endsWith(".map") && (file.type === "chunk" ? file.code.length : file.source.length) <= LARGEST)
        .map((file) => (file.fileName === "index.html" ? "./" : address(file.fileName, file.type === "chunk" ? file.code : file.source)));
      const all = [...new Set(["./", "icon.svg", ...files])].sort();
      this.emitFile({ type: "asset", fileName: "offline-list.json", source: JSON.stringify({ files: all }, null, 1) });
    },
  };
}
