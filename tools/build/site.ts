// Step `site`: the page with everything it needs, in dist/: static files that run from any host, in any sub-folder.

import { rmSync } from "node:fs";
import { build } from "vite";
import { inRoot } from "./paths.ts";

export async function buildSite(): Promise<void> {
  rmSync(inRoot("dist"), { recursive: true, force: true });
  await build({ configFile: inRoot("vite.config.ts"), logLevel: "warn" });
}
