// Programs of the image tree, to be run outside of the system as well.

import type { Bench } from "./context.ts";

/** A module of the image tree by the start of its file's name. */
export async function imageModule(bench: Bench, start: string): Promise<WebAssembly.Module> {
  const index = JSON.parse(await (await fetch(new URL("images/index.json", bench.base))).text()) as { entries: { url?: string }[] };
  const entry = index.entries.find(({ url }) => url?.startsWith(`images/${start}`));
  if (!entry?.url) throw new Error(`no image ${start}`);
  return WebAssembly.compileStreaming(fetch(new URL(entry.url, bench.base)));
}
