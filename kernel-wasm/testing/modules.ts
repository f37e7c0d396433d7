// The kernel, and an emulation library so that the machine can start, compiled for tests: the folder that has them under wasm/.

import { mkdirSync, writeFileSync } from "node:fs";
import asc from "assemblyscript/asc";

let compiled: Promise<string> | undefined;

export function kernelModules(): Promise<string> { return compiled ??= compile(); }

async function compile(): Promise<string> {
  const site = `${process.cwd()}/.cache/kernel-tests`;
  mkdirSync(`${site}/wasm`, { recursive: true });
  const { error, stderr } = await asc.main([
    "kernel-wasm/assembly/main.ts", "--outFile", `${site}/wasm/kernel.wasm`, "--runtime", "stub", "--importMemory", "--sharedMemory", "--initialMemory", "1024",
    "--maximumMemory", "1024", "--enable", "threads", "--exportTable", "-O3", "--noAssert", "--noExportMemory", "--disableWarning", "201",
  ]);
  if (error) throw new Error(stderr.toString());
  writeFileSync(`${site}/wasm/linux.wasm`, new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  return site;
}
