// A WASI program in a bare Worker, on @bjorn3/browser_wasi_shim with files in memory: what programs run on when there is no system.

import { ConsoleStdout, Directory, File, type Inode, OpenFile, PreopenDirectory, SyncOPFSFile, WASI } from "@bjorn3/browser_wasi_shim";
import { accessHandle } from "./opfs-handle.ts";

/** `files`: by name, in the root directory. `stored`: names of files of OPFS that are there as well, empty at first and deleted afterwards. */
export interface ShimRun { module: WebAssembly.Module; args: string[]; env?: string[]; files: Record<string, Uint8Array>; stored?: string[] }
export interface ShimResult { status: number; output: string; /** Milliseconds from instantiation to the end. */ time: number; created: Record<string, number> }

addEventListener("message", (event: MessageEvent<ShimRun>) => void run(event.data));

async function run({ module, args, env = [], files, stored = [] }: ShimRun): Promise<void> {
  let output = "";
  const decoder = new TextDecoder();
  const print = (): ConsoleStdout => new ConsoleStdout((bytes) => { output += decoder.decode(bytes.slice(), { stream: true }); });
  const root = new Map<string, Inode>(Object.entries(files).map(([name, data]) => [name, new File(data)]));
  root.set("tmp", new Directory(new Map()));
  const handles = await Promise.all(stored.map(accessHandle));
  handles.forEach((handle, index) => {
    handle.truncate(0);
    root.set(stored[index]!, new SyncOPFSFile(handle as ConstructorParameters<typeof SyncOPFSFile>[0]));
  });
  const wasi = new WASI(args, env, [new OpenFile(new File([])), print(), print(), new PreopenDirectory("/", root)], { debug: false });
  const began = performance.now();
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports });
  const start = instance.exports as { memory: WebAssembly.Memory; _start: () => unknown };
  const status = wasi.start({ exports: start });
  const time = performance.now() - began;
  for (const handle of handles) handle.close();
  if (stored.length) { const directory = await navigator.storage.getDirectory(); for (const name of stored) await directory.removeEntry(name); }
  const created = Object.fromEntries([...root].filter(([, node]) => node instanceof File).map(([name, node]) => [name, (node as File).data.length]));
  postMessage({ status, output, time, created } satisfies ShimResult);
}
