// What must hold after a crash, given the history of a workload (workload.ts) and the point in the disk's log at which the world stopped:
//
//   - the names are those after one of the steps from the last sync on to the step that was under way: none is lost, none half done;
//   - a file that was synced by itself, and has had a name ever since, has one;
//   - a file that was synced, and not changed since, has exactly its contents;
//   - any other file has nothing but its own bytes and zeros: never another file's, nor a deleted one's.

import { FileKind } from "../../../abi/generated/ts/enums.ts";
import { good } from "../../../lib/testing/files.ts";
import type { Ext2World } from "./ext2-world.ts";
import type { Node, Snapshot, Workload } from "./workload.ts";

interface Found { kind: number; inode: bigint; links: number; /** Of a symbolic link. */ target: string }

/** The tree as the server tells it, by path. */
function readTree(world: Ext2World, directory = world.root, path = "", all = new Map<string, Found>(), depth = 0): Map<string, Found> {
  if (depth > 100) throw new Error(`${path} is too deep`);
  for (const { name, inode, kind } of world.entries(directory)) {
    if (name === "." || name === "..") continue;
    const target = kind === FileKind.SymbolicLink ? new TextDecoder().decode(good(world.fs.readLink(inode)).contents) : "";
    all.set(`${path}/${name}`, { kind, inode, links: good(world.fs.stat(inode)).attributes.links, target });
    if (kind === FileKind.Directory) readTree(world, inode, `${path}/${name}`, all, depth + 1);
  }
  return all;
}

function sameNames(snapshot: Snapshot, found: ReturnType<typeof readTree>): boolean {
  if (snapshot.names.size !== found.size) return false;
  const inodeOf = new Map<Node, bigint>();
  for (const [path, node] of snapshot.names) {
    const there = found.get(path);
    // A number is used again: of two links of one name and number the target tells which it is.
    if (!there || there.kind !== node.kind || there.target !== node.target || (inodeOf.get(node) ?? there.inode) !== there.inode || node.inode !== there.inode) return false;
    inodeOf.set(node, there.inode);
  }
  return true;
}

/** Throws if what the server now tells is nothing that a crash at `event` may leave. */
export function checkAfterCrash(work: Workload, event: number, world: Ext2World): void {
  const { history } = work;
  // Steps that were over, and the last of them that made the names stable.
  let over = 0;
  while (over + 1 < history.length && history[over + 1]!.event <= event) over++;
  let synced = over;
  while (!history[synced]!.synced) synced--;
  const found = readTree(world);
  // Numbers are used again, so the names alone may be those of two steps: one of them must explain everything.
  let failure: unknown;
  for (let step = Math.min(over + 1, history.length - 1); step >= synced; step--) {
    if (!sameNames(history[step]!, found)) continue;
    try { checkStep(work, step, over, found, world); return; } catch (error) { failure ??= error; }
  }
  if (failure) throw failure;
  throw new Error(`the names are those of no step from ${synced} to ${over + 1}: ${[...found.keys()].map((path) => path.slice(0, 30)).join(" ")}\nlast sync: ${[...history[synced]!.names.keys()].map((path) => path.slice(0, 30)).join(" ")}\n${history.slice(synced, over + 2).map(({ what, event: at }) => `${what.slice(0, 60)} @${at}`).join("\n")}`);
}

/** Throws unless what was found, whose names are those of a step, is what that step left. */
function checkStep({ history, nodes }: Workload, step: number, over: number, found: ReturnType<typeof readTree>, world: Ext2World): void {
  const present = new Set(history[step]!.names.values()), between = history.slice(0, over + 2).map(({ names }) => new Set(names.values()));
  for (const node of nodes) {
    const stable = node.stable.findLast((each) => each.step <= over);
    if (stable && !present.has(node) && between.slice(stable.step).every((names) => names.has(node))) throw new Error(`inode ${node.inode}, synced by step ${stable.step}, has no name`);
  }
  for (const [path, node] of history[step]!.names) if (node.kind === FileKind.Regular) checkFile(path, node, over, world.contents(found.get(path)!.inode));
}

function checkFile(path: string, node: Node, over: number, bytes: Uint8Array): void {
  const stable = node.stable.findLast((each) => each.step <= over);
  if (stable && !node.touched.some((step) => step > stable.step && step <= over + 1)) {
    if (bytes.length !== stable.data.length) throw new Error(`${path} was synced with ${stable.data.length} bytes and has ${bytes.length}`);
    const at = bytes.findIndex((byte, i) => byte !== stable.data[i]);
    if (at >= 0) throw new Error(`${path} was synced, and byte ${at} is ${bytes[at]} instead of ${stable.data[at]}`);
    return;
  }
  for (let at = 0; at < bytes.length; at += 2) if (bytes[at] !== 0 && bytes[at] !== node.id) throw new Error(`${path} shows a byte of another file at ${at}: ${bytes[at]}, its own is ${node.id}`);
}
