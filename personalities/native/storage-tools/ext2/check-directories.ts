// The checker's look at names: every record of every directory, what it means, and whether each inode has as many names as it counts.

import * as ext2 from "../../../../lib/formats/ext2.ts";
import type { InodeCheck } from "./check-inodes.ts";
import type { Report } from "./check.ts";
import type { Ext2Volume } from "./volume.ts";

const TYPES: Readonly<Record<number, number>> = {
  [ext2.MODE_REGULAR]: ext2.TYPE_REGULAR, [ext2.MODE_DIRECTORY]: ext2.TYPE_DIRECTORY, [ext2.MODE_LINK]: ext2.TYPE_LINK, [ext2.MODE_CHARACTER]: ext2.TYPE_CHARACTER, [ext2.MODE_BLOCK]: ext2.TYPE_BLOCK, [ext2.MODE_FIFO]: ext2.TYPE_FIFO,
  [ext2.MODE_SOCKET]: ext2.TYPE_SOCKET,
};

interface Name { readonly name: string; readonly inode: number; readonly type: number }

export function checkDirectories(volume: Ext2Volume, report: Report, inodes: InodeCheck): void {
  const names = new Uint32Array(inodes.count + 1), parent = new Map<number, number>(), above = new Map<number, number>();
  const typed = (volume.layout.incompatible & ext2.INCOMPATIBLE_FILETYPE) !== 0;
  for (const [number, { inode, blocks }] of inodes.directories) {
    const seen = new Set<string>(), count = Math.floor(inode.size / volume.layout.blockSize);
    for (let logical = 0; logical < count; logical++) {
      const block = blocks[logical];
      if (block === undefined) { report.add(`directory ${number}: has a hole at block ${logical}`); continue; }
      const entries = readEntries(volume, block, typed);
      if (typeof entries === "number") { report.add(`directory ${number}: entry at ${logical * volume.layout.blockSize + entries} is damaged`); continue; }
      for (const { name, inode: target, type } of entries) {
        const where = `directory ${number}, '${name}'`;
        if (seen.has(name)) report.add(`${where}: the name is there twice`);
        seen.add(name);
        if (name.includes("/") || name.includes("\0")) report.add(`${where}: no name`);
        if (target < 1 || target > inodes.count || (target < volume.layout.firstInode && target !== ext2.INODE_ROOT)) { report.add(`${where}: inode ${target} is out of range`); continue; }
        if ((name === "." || name === "..") && typed && type !== ext2.TYPE_UNKNOWN && type !== ext2.TYPE_DIRECTORY) report.add(`${where}: says that it is of type ${type}`);
        if (name === ".") { if (target !== number) report.add(`${where}: means inode ${target}`); else names[target]!++; continue; }
        if (name === "..") { above.set(number, target); names[target]!++; continue; }
        const kind = inodes.kinds[target]!;
        if (!kind) { report.add(`${where}: means inode ${target}, which is not in use`); continue; }
        if (typed && type !== ext2.TYPE_UNKNOWN && type !== TYPES[kind]) report.add(`${where}: says that it is of type ${type}, but inode ${target} is of type ${TYPES[kind]}`);
        if (kind === ext2.MODE_DIRECTORY) {
          if (parent.has(target)) report.add(`${where}: directory ${target} has a second name`);
          parent.set(target, number);
        }
        names[target]!++;
      }
    }
    if (inode.links > 0 && (!seen.has(".") || !seen.has(".."))) report.add(`directory ${number}: '.' or '..' is missing`);
  }
  for (const [number, { inode }] of inodes.directories) {
    const holder = number === ext2.INODE_ROOT ? number : parent.get(number);
    if (inode.links === 0) continue;
    if (holder === undefined) { report.add(`directory ${number}: has no name`); continue; }
    if (above.get(number) !== holder) report.add(`directory ${number}: '..' is ${above.get(number) ?? "missing"}, should be ${holder}`);
    if (!leadsToRoot(number, parent)) report.add(`directory ${number}: is in a loop`);
  }
  for (let number = volume.layout.firstInode; number <= inodes.count; number++) countLinks(number);
  countLinks(ext2.INODE_ROOT);

  function countLinks(number: number): void {
    if (!inodes.kinds[number] || inodes.links[number] === names[number]) return;
    if (inodes.kinds[number] !== ext2.MODE_DIRECTORY && names[number] === 0) { report.add(`inode ${number}: has no name`); return; }
    report.add(`inode ${number}: counts ${inodes.links[number]} links, should be ${names[number]}`, () => volume.changeInode(number, (view) => view.setUint16(ext2.I_LINKS, names[number]!, true)));
  }
}

function leadsToRoot(number: number, parent: ReadonlyMap<number, number>): boolean {
  const seen = new Set<number>();
  for (let at: number | undefined = number; at !== ext2.INODE_ROOT; at = parent.get(at)) {
    if (at === undefined || seen.has(at)) return false;
    seen.add(at);
  }
  return true;
}

/** The records of a block that name inodes, or the place of one that is damaged. */
function readEntries(volume: Ext2Volume, block: number, typed: boolean): Name[] | number {
  const bytes = volume.block(block), view = new DataView(bytes.buffer), names: Name[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < 12) return at;
    const inode = view.getUint32(at, true), length = view.getUint16(at + ext2.DE_LENGTH, true), nameLength = typed ? bytes[at + ext2.DE_NAME_LENGTH]! : view.getUint16(at + ext2.DE_NAME_LENGTH, true);
    if (length < 12 || length % 4 || at + length > bytes.length || nameLength + 8 > length || (inode && nameLength === 0)) return at;
    if (inode) names.push({ inode, type: bytes[at + ext2.DE_TYPE]!, name: new TextDecoder("latin1").decode(bytes.subarray(at + ext2.DE_NAME, at + ext2.DE_NAME + nameLength)) });
    at += length;
  }
  return names;
}
