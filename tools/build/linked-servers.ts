// Groups of servers compiled into one module (placement `linked`): calls between them are function calls. The servers' sources are used as
// they are; the compiler reads them from folders that are not there, in which a few files of lib say something else.
//
//   linked/main.ts, linked/shared/…      the module's entries, and what the members share: the kernel, the heap, lib/assembly/linked
//   linked/m0/…, linked/m1/…             the repository as each member sees it: root records of its own, and a kernel that knows who asks
//
// lib/assembly/linked says what happens at run time.

import { existsSync, readFileSync } from "node:fs";
import { badgeBits, membersOf } from "../../lib/ts/linked.ts";
import { SERVER_STATE_SIZE } from "../../lib/assembly/memory/addresses.ts";
import { inRoot } from "./paths.ts";

/** The groups that are built. */
export const linkedGroups: readonly string[] = ["vfs+tmpfs", "cache+fat", "cache+ext2", "vfs+fat+cache", "vfs+ext2+cache"];

/** What a group's module is called: `+` is not safe in an address. */
export const linkedModuleName = (group: string): string => `linked-${membersOf(group).join("-")}`;

/** Globals of lib/assembly/linked/frame.ts: what call this Worker's thread is in. */
export const FRAME_GLOBALS = 9;
const ROOT = "linked/";
export const linkedEntry = `${ROOT}main.ts`;
const LIB = "lib/assembly/";

/** System calls that a member makes by way of lib/assembly/linked: the file there, and whether it has to say who it is. */
const answeredHere: Readonly<Record<string, readonly [file: string, member: boolean]>> = {
  call: ["calls", true], callTimed: ["calls", true], relay: ["calls", true], send: ["calls", true],
  receive: ["serving", true], replyAndReceive: ["serving", true], saveReply: ["serving", false],
  capMint: ["capabilities", true], capCopy: ["capabilities", true], capMove: ["capabilities", false], capDelete: ["capabilities", false],
  capRevoke: ["capabilities", false], capInfo: ["capabilities", true], capGrant: ["capabilities", true], domainCreate: ["capabilities", true],
  notificationBind: ["capabilities", true], endpointCreate: ["capabilities", false], notificationCreate: ["capabilities", false], dataspaceCreate: ["capabilities", false],
  dataspaceSetPager: ["dataspaces", true], dataspaceRead: ["dataspaces", false], dataspaceWrite: ["dataspaces", false],
};
/** Those that act on the current call. */
const ofTheCall: Readonly<Record<string, string>> = {
  fetch: "direct && reply == 0 ? fetchDirect(which, offset, destination, length, BadArgument) : real.fetch(reply, which, offset, destination, length)",
  deliver: "direct && reply == 0 ? deliverDirect(offset, source, length, BadArgument) : real.deliver(reply, offset, source, length)",
};
/** Those that are the same for a member as for any server: they neither name its endpoint nor fill a slot. */
const same = new Set([
  "reply", "capWatch", "signal", "wait", "dataspaceResize", "dataspaceInfo", "dataspaceEvict", "dataspaceSupply", "dataspaceMarks", "dataspaceNextDirty", "dataspaceReclaim",
  "domainStart", "domainKill", "domainSuspend", "domainResume", "exit", "monotonic", "wallClock", "log",
]);

const text = (path: string): string => readFileSync(inRoot(path), "utf8");

/** The kernel of a member: lib/assembly/kernel.ts with the calls above in the place of the real ones. */
function kernelOf(member: number): string {
  const source = text(`${LIB}kernel.ts`), real = '"../../../shared/lib/assembly/kernel"';
  const registers = [...source.matchAll(/export declare let (\w+)/g)].map(([, name]) => name!);
  const calls = [...source.matchAll(/export declare function (\w+)\(([^)]*)\): (\w+);/g)].map(([, name, parameters, result]) => ({ name: name!, parameters: parameters!, result: result! }));
  const imported = new Set<string>(), passed = [...registers], functions: string[] = [];
  for (const { name, parameters, result } of calls) {
    const given = parameters.split(",").map((each) => each.split(":")[0]!.trim()).filter(Boolean).join(", ");
    const [file, withMember] = answeredHere[name] ?? [];
    if (file) {
      imported.add(file);
      functions.push(`export function ${name}(${parameters}): ${result} { return ${file}.${name}(${[...(withMember ? [String(member)] : []), given].filter(Boolean).join(", ")}); }`);
    } else if (ofTheCall[name]) functions.push(`export function ${name}(${parameters}): ${result} { return ${ofTheCall[name]}; }`);
    else if (same.has(name)) passed.push(name);
    else throw new Error(`linked servers: nobody has said what the system call \`${name}\` is to a member of a group (tools/build/linked-servers.ts)`);
  }
  return [
    `export { ${passed.join(", ")} } from ${real};`,
    `import * as real from ${real};`,
    'import { BadArgument } from "../../abi/generated/assembly/errors";',
    'import { deliverDirect, direct, fetchDirect } from "../../../shared/lib/assembly/linked/frame";',
    ...[...imported].map((file) => `import * as ${file} from "../../../shared/lib/assembly/linked/${file}";`),
    ...functions.map((each) => `// @ts-ignore: decorator\n@inline\n${each}`),
  ].join("\n");
}

/** A file of lib with the values of some of its constants changed. */
export function withConstants(path: string, values: Readonly<Record<string, string>>): string {
  let source = text(path);
  for (const [name, value] of Object.entries(values)) {
    const constant = new RegExp(`(export const ${name}(?:: \\w+)? = )[^;]+;`);
    if (!constant.test(source)) throw new Error(`linked servers: ${path} has no constant ${name}`);
    source = source.replace(constant, `$1${value};`);
  }
  return source;
}

/** What a file of lib exports, taken from the shared copy. */
function shared(path: string, but: Readonly<Record<string, string>>): string {
  const names = [...text(path).matchAll(/^(?:@\w+ )*export (?:function|const|class) (\w+)/gm), ...text(path).matchAll(/^@\w+ export (?:class|function) (\w+)/gm)].map(([, name]) => name!);
  const kept = [...new Set(names)].filter((name) => !(name in but));
  return `export { ${kept.join(", ")} } from "../../../../shared/${path.slice(0, -3)}";\n${Object.values(but).join("\n")}\n`;
}

function membersFile(members: readonly string[], folder: string): string {
  const cases = (call: (index: number) => string): string => members.map((_, index) => `    case ${index}: ${call(index)}`).join("\n");
  return [
    ...members.map((name, index) => `import { dispatch as dispatch${index}, init as init${index}, serve as serve${index} } from "../../../../m${index}/${folder}/${name}/assembly/main";`),
    `export function initMember(member: i32, mode: i32): i32 {\n  switch (member) {\n${cases((i) => `return init${i}(mode);`)}\n  }\n  return -1;\n}`,
    `export function dispatchMember(member: i32, label: i32, badge: i32): i32 {\n  switch (member) {\n${cases((i) => `return dispatch${i}(label, badge);`)}\n  }\n  return -1;\n}`,
    `export function serveMember(member: i32): void {\n  switch (member) {\n${cases((i) => `serve${i}(); break;`)}\n  }\n}`,
  ].join("\n");
}

/** What a server does in its serve loop between messages, if it exports that as `tick` (tests without home Workers call it): `tick_NAME`. */
function ticks(main: string, root: string, name: string): string {
  return existsSync(inRoot(main)) && /^export function tick\(/m.test(text(main)) ? `export { tick as tick_${name} } from "./${root}/${main.slice(0, -3)}";\n` : "";
}

/** The files that a group's module is compiled from besides those of the repository, by their path. `folder`: where its servers are. */
export function linkedSources(group: string, folder = "servers"): Readonly<Record<string, string>> {
  const members = membersOf(group), addresses = `${LIB}memory/addresses.ts`, state = 4096;
  const sources: Record<string, string> = {
    [linkedEntry]: `export { init, dispatch, serve } from "./shared/lib/assembly/linked/serving";\n${members.map((name, index) => ticks(`${folder}/${name}/assembly/main.ts`, `m${index}`, name)).join("")}`,
    [`${ROOT}shared/${LIB}linked/members.ts`]: membersFile(members, folder),
    [`${ROOT}shared/${LIB}linked/group.ts`]: withConstants(`${LIB}linked/group.ts`, { MEMBERS: String(members.length), BADGE_BITS: String(badgeBits(members.length)) }),
    // linked/layout.ts puts the group's own records between the members' and the heap.
    [`${ROOT}shared/${LIB}memory/layout.ts`]: text(`${LIB}memory/layout.ts`).replace(/export const HEAP_START: usize = at.HEAP_START;/, 'export { LINK_END as HEAP_START } from "../linked/layout";'),
  };
  members.forEach((_, index) => {
    const own = `${ROOT}m${index}/`;
    sources[`${own}${LIB}kernel.ts`] = kernelOf(index);
    sources[`${own}${addresses}`] = withConstants(addresses, { COMPONENT_HEADER: String(1024 + 64 * index), SERVER_STATE: String(state + SERVER_STATE_SIZE * index) });
    sources[`${own}${LIB}ipc/badge-bits.ts`] = withConstants(`${LIB}ipc/badge-bits.ts`, { BADGE_BITS: String(Math.min(31, badgeBits(members.length))) });
    // One heap for all, set up by lib/assembly/linked/serving.ts before any member starts.
    sources[`${own}${LIB}memory/allocator.ts`] = shared(`${LIB}memory/allocator.ts`, { initializeAllocator: "export function initializeAllocator(): void {}" });
  });
  return sources;
}

/** The file of the repository that a path below `linked/` stands for. */
export function behindLinked(path: string): string { return path.replace(/^linked\/(?:shared|m\d+)\//, ""); }

/** Whether all servers of a group are there to be linked. */
export function canBeLinked(group: string): boolean { return membersOf(group).every((name) => existsSync(inRoot(`servers/${name}/assembly/main.ts`))); }
