// A WASI program in a bare Worker, on @bjorn3/browser_wasi_shim with files in memory: what programs run on when there is no system.

import { ConsoleStdout, Directory, File, type Inode, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";

/** `files`: by name, in the root directory. */
export interface ShimRun { module: WebAssembly.Module; args: string[]; env?: string[]; files: Record<string, Uint8Array> }
export interface ShimResult { status: number; output: string; /** Milliseconds from instantiation to the end. */ time: number; created: Record<string, number> }

addEventListener("message", (event: MessageEvent<ShimRun>) => {
  const { module, args, env = [], files } = event.data;
  let output = "";
  const decoder = new TextDecoder();
  const print = (): ConsoleStdout => new ConsoleStdout((bytes) => { output += decoder.decode(bytes.slice(), { stream: true }); });
  const root = new Map<string, Inode>(Object.entries(files).map(([name, data]) => [name, new File(data)]));
  root.set("tmp", new Directory(new Map()));
  const wasi = new WASI(args, env, [new OpenFile(new File([])), print(), print(), new PreopenDirectory("/", root)], { debug: false });
  const began = performance.now();
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports });
  const start = instance.exports as { memory: WebAssembly.Memory; _start: () => unknown };
  const status = wasi.start({ exports: start });
  const time = performance.now() - began;
  const created = Object.fromEntries([...root].filter(([, node]) => node instanceof File).map(([name, node]) => [name, (node as File).data.length]));
  postMessage({ status, output, time, created } satisfies ShimResult);
});
