// A vite plugin for Workers' builds: the bundler's helpers, 158 bytes that it puts into a file of their own (and into no other, whatever one tells it), go into the scripts
// that import them. A request costs the Worker that waits for it, and the browser, some three milliseconds; init and the shell wait for this one in each boot.

import type { Plugin } from "vite";

const IMPORT = /import\{([^}]*)\}from"\.\/(rolldown-runtime-[\w-]+\.js)";/, EXPORT = /export\{([^}]*)\};?\s*$/;

/** `a as b, c` as pairs. */
const pairs = (list: string): [string, string][] => list.split(",").map((one) => { const [from, to] = one.trim().split(" as "); return [from!, to ?? from!]; });

/** `script` with what it imports of `runtime`, a script that imports nothing, in itself. */
export function withRuntime(script: string, runtime: string): string {
  const exported = EXPORT.exec(runtime);
  if (!exported) throw new Error("the bundler's helpers export nothing");
  const given = pairs(exported[1]!).map(([local, name]) => `${name}:${local}`);
  return script.replace(IMPORT, (_, list: string) => `const{${pairs(list).map((pair) => pair.join(":")).join(",")}}=(()=>{${runtime.slice(0, exported.index)}return{${given.join(",")}}})();`);
}

export function inlineRuntime(): Plugin {
  return {
    name: "grailos-inline-runtime",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      for (const chunk of chunks) {
        const path = IMPORT.exec(chunk.code)?.[2];
        if (path === undefined) continue;
        const runtime = chunks.find(({ fileName }) => fileName.endsWith(path));
        if (!runtime) throw new Error(`${chunk.fileName} imports ${path}, which is not there`);
        chunk.code = withRuntime(chunk.code, runtime.code);
        // With the last one that named it, it is a file that nobody asks for.
        if (!chunks.some(({ code }) => code.includes(path))) delete bundle[runtime.fileName];
      }
    },
  };
}
