// A vite plugin: the built page starts the machine's Worker when the browser has read the first line of its head, not when the page's scripts are there
// (web/boot/start-machine.ts takes it over, and starts another one where there is none or it does not come up). A page that is not isolated has no use for
// it: it reloads itself.

import type { Plugin } from "vite";

const PLACE = '<meta charset="utf-8" />';

/** As JavaScript in the page: an EarlyWorker (web/boot/first-word.ts). */
const script = (path: string): string => `<script>
      if (globalThis.crossOriginIsolated && !new URLSearchParams(location.search).has("fake")) {
        const worker = new Worker("./${path}", { type: "module", name: "machine" });
        globalThis.earlyMachine = { worker, word: new Promise((resolve) => {
          worker.onmessage = () => resolve("");
          worker.onerror = (event) => resolve(event.message || "its script could not be loaded");
        }) };
      }
    </script>`;

export function earlyMachine(): Plugin {
  return {
    name: "grailos-early-machine",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["index.html"], path = Object.keys(bundle).find((name) => /\/machine-worker-[\w-]+\.js$/.test(name));
      if (page?.type !== "asset" || !path) throw new Error("the page or its machine's Worker is not among the built files");
      const text = String(page.source);
      if (!text.includes(PLACE)) throw new Error(`index.html has no ${PLACE}`);
      page.source = text.replace(PLACE, `${PLACE}\n    ${script(path)}`);
    },
  };
}
