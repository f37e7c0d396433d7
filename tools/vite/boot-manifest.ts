// A vite plugin: `boot.yaml?manifest` is the default boot manifest, read and checked when the page is built, so that a boot neither loads a
// YAML parser nor runs it. Other manifests come as text and are read by init.

import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { IMAGES } from "../../kernel-wasm/machine/images.ts";
import { readManifest } from "../../servers/init/manifest/manifest.ts";

const QUERY = "?manifest";

export function bootManifest(): Plugin {
  return {
    name: "grailos-boot-manifest",
    load(id) {
      if (!id.endsWith(QUERY)) return undefined;
      const path = id.slice(0, -QUERY.length);
      this.addWatchFile(path);
      return `export default ${sourceOf(readManifest(readFileSync(path, "utf8"), new Set(IMAGES.map(({ name }) => name))))};`;
    },
  };
}

/** An expression that makes the value: plain data and Maps. */
function sourceOf(value: unknown): string {
  if (value instanceof Map) return `new Map([${[...value].map(([key, item]) => `[${sourceOf(key)}, ${sourceOf(item)}]`).join(", ")}])`;
  if (Array.isArray(value)) return `[${value.map(sourceOf).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{ ${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${sourceOf(item)}`).join(", ")} }`;
  return value === undefined ? "undefined" : JSON.stringify(value);
}
