// tar: archives made, listed and unpacked (ustar; long names by GNU's and pax's records), compressed with gzip or not.

import { gunzipSync, gzipSync } from "fflate";
import { Failure } from "../api/failure.ts";
import { Open, type Kind } from "../api/native-system.ts";
import { concatenate, decode, encode, readAll, writeAll } from "../api/streams.ts";
import { formatDate } from "./dates.ts";
import { describeMode } from "./modes.ts";
import { directoryName, join } from "./paths.ts";
import { utility, type Tool } from "./utility.ts";

const BLOCK = 512;

interface Member { name: string; mode: number; size: number; modified: number; type: string; link: string; data: Uint8Array }

function header(name: string, member: Omit<Member, "data" | "name">): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string, length: number) => block.set(encode(text).subarray(0, length), at);
  const octal = (at: number, value: number, width: number) => put(at, value.toString(8).padStart(width - 1, "0") + "\0", width);
  put(0, name, 100);
  octal(100, member.mode & 0o7777, 8);
  octal(108, 0, 8);
  octal(116, 0, 8);
  octal(124, member.size, 12);
  octal(136, member.modified, 12);
  put(148, "        ", 8);
  put(156, member.type, 1);
  put(157, member.link, 100);
  put(257, "ustar\x0000root", 12);
  put(297, "root", 4);
  put(148, block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0") + "\0 ", 8);
  return block;
}

const padded = (data: Uint8Array): Uint8Array => { const whole = new Uint8Array(Math.ceil(data.length / BLOCK) * BLOCK); whole.set(data); return whole; };

function encodeMember(member: Member): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const [type, text] of [["K", member.link], ["L", member.name]] as const) {
    const bytes = encode(text + "\0");
    if (bytes.length > 100) parts.push(header("././@LongLink", { mode: 0, size: bytes.length, modified: 0, type, link: "" }), padded(bytes));
  }
  parts.push(header(member.name, member), padded(member.data));
  return parts;
}

/** The members of an archive; "damaged" if it ends or continues where it should not. */
function* members(archive: Uint8Array): Generator<Member | "damaged"> {
  const text = (block: Uint8Array, at: number, length: number) => { const part = block.subarray(at, at + length); const end = part.indexOf(0); return decode(end < 0 ? part : part.subarray(0, end)); };
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const block = archive.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return;
    const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    if (parseInt(text(block, 148, 8).trim(), 8) !== sum) { yield "damaged"; return; }
    const size = block[124]! & 0x80 ? Number(block.subarray(125, 136).reduce((value, byte) => value * 256n + BigInt(byte), 0n)) : parseInt(text(block, 124, 12).trim() || "0", 8);
    const data = archive.subarray(at + BLOCK, at + BLOCK + size);
    const type = text(block, 156, 1) || "0";
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (data.length < size) { yield "damaged"; return; }
    if (type === "L") { longName = text(data, 0, size); continue; }
    if (type === "K") { longLink = text(data, 0, size); continue; }
    if (type === "x") {
      for (let rest = decode(data); rest !== "";) {
        const record = /^(\d+) ([^=]+)=/.exec(rest);
        if (!record) break;
        const value = decode(encode(rest).subarray(record[0].length, Number(record[1]) - 1));
        if (record[2] === "path") longName = value;
        if (record[2] === "linkpath") longLink = value;
        rest = decode(encode(rest).subarray(Number(record[1])));
      }
      continue;
    }
    if (type === "g") continue;
    const prefix = text(block, 257, 5) === "ustar" && block[262] === 0 ? text(block, 345, 155) : "";
    yield { name: longName ?? (prefix === "" ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`), mode: parseInt(text(block, 100, 8).trim() || "0", 8), size, modified: parseInt(text(block, 136, 12).trim() || "0", 8), type, link: longLink ?? text(block, 157, 100), data };
    longName = longLink = undefined;
  }
}

function create(tool: Tool, paths: readonly string[]): Uint8Array[] {
  const { system } = tool;
  const parts: Uint8Array[] = [];
  const seen = new Map<string, string>();
  const add = (path: string): void => {
    const stat = system.stat(path, tool.has("h"));
    if (stat instanceof Failure) { tool.complain(`${path}: Cannot stat: ${stat.message}`, 2); return; }
    const name = path.replace(/^\/+/, "").replace(/\/+$/, "") || ".";
    if (tool.has("v")) (tool.value("f") === undefined || tool.value("f") === "-" ? (line: string) => { writeAll(system, 2, encode(line + "\n")); } : (line: string) => tool.out.line(line))(name + (stat.kind === "directory" ? "/" : ""));
    const base = { mode: stat.mode, modified: Number(stat.modified / 1_000_000_000n), size: 0, link: "", data: new Uint8Array(0) };
    const key = `${stat.device}:${stat.inode}`;
    if (stat.kind === "directory") {
      parts.push(...encodeMember({ ...base, name: `${name}/`, type: "5" }));
      const entries = tool.check(system.readDirectory(path), path);
      for (const { name: entry } of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) if (entry !== "." && entry !== "..") add(join(path, entry));
    } else if (stat.kind === "link") {
      const target = tool.check(system.readLink(path), path);
      if (target !== undefined) parts.push(...encodeMember({ ...base, name, type: "2", link: target }));
    } else if (stat.kind === "regular" && stat.links > 1 && seen.has(key)) parts.push(...encodeMember({ ...base, name, type: "1", link: seen.get(key)! }));
    else if (stat.kind === "regular") {
      seen.set(key, name);
      const data = tool.read(path);
      if (data) parts.push(...encodeMember({ ...base, name, type: "0", size: data.length, data }));
    } else tool.complain(`${path}: file is not archived: it is no file, directory or link`);
  };
  for (const path of paths) add(path);
  parts.push(new Uint8Array(BLOCK * 2));
  return parts;
}

function makeDirectories(tool: Tool, path: string): void {
  const directory = directoryName(path);
  if (directory === "." || directory === "/" || !(tool.system.stat(directory) instanceof Failure)) return;
  makeDirectories(tool, directory);
  tool.system.makeDirectory(directory);
}

function extract(tool: Tool, member: Member, path: string): void {
  const { system } = tool;
  makeDirectories(tool, path);
  const old = system.stat(path, false);
  if (!(old instanceof Failure) && old.kind !== "directory") system.unlink(path);
  let made: unknown;
  if (member.type === "5") made = old instanceof Failure || old.kind !== "directory" ? system.makeDirectory(path, member.mode | 0o700) : 0;
  else if (member.type === "2") made = system.symbolicLink(member.link, path);
  else if (member.type === "1") made = system.link(member.link, path);
  else if (member.type === "0" || member.type === "7" || member.type === "\0") {
    const fd = system.open(path, Open.Write | Open.Create | Open.Truncate, member.mode & 0o777);
    made = fd;
    if (!(fd instanceof Failure)) { made = writeAll(system, fd, member.data); system.close(fd); }
  } else { tool.complain(`${member.name}: unknown file type '${member.type}', skipped`); return; }
  if (made instanceof Failure) { tool.complain(`${path}: Cannot extract: ${made.message}`, 2); return; }
  if (member.type !== "2" && member.type !== "1" && !tool.has("m")) system.setTimes(path, { modified: BigInt(member.modified) * 1_000_000_000n });
}

const program = utility({ usage: "tar {-c|-x|-t} [-vzmhOk] [-f ARCHIVE] [-C DIRECTORY] [--strip-components N] [FILE...]", flags: "cxtvzmhOkjJap", values: "fCX\x01", wrong: 2, long: { create: "c", extract: "x", get: "x", list: "t", verbose: "v", gzip: "z", file: "f", directory: "C", "to-stdout": "O", "strip-components": "\x01" } }, (tool: Tool) => {
  const { system } = tool;
  const file = tool.value("f") ?? "-";
  if (["c", "x", "t"].filter((letter) => tool.has(letter)).length !== 1) tool.quit("You must specify one of the '-c', '-x' or '-t' options", 2);
  if (tool.has("j") || tool.has("J")) tool.quit("only gzip compression is supported", 2);
  const target = tool.has("c") && file !== "-" ? system.open(file, Open.Write | Open.Create | Open.Truncate) : 1;
  if (target instanceof Failure) tool.quit(`${file}: Cannot open: ${target.message}`, 2);
  let source: Uint8Array | Failure = new Uint8Array(0);
  if (!tool.has("c")) {
    const fd = file === "-" ? 0 : system.open(file, Open.Read);
    source = fd instanceof Failure ? fd : readAll(system, fd);
    if (source instanceof Failure) tool.quit(`${file}: Cannot open: ${source.message}`, 2);
  }
  const directory = tool.value("C");
  if (directory !== undefined) { const changed = system.changeDirectory(directory); if (changed instanceof Failure) tool.quit(`${directory}: Cannot open: ${changed.message}`, 2); }
  if (tool.has("c")) {
    if (tool.operands.length === 0) tool.quit("Cowardly refusing to create an empty archive", 2);
    const archive = concatenate(create(tool, tool.operands));
    const written = writeAll(system, target, tool.has("z") || /\.(tgz|tar\.gz)$/.test(file) && tool.has("a") ? gzipSync(archive) : archive);
    if (written instanceof Failure) tool.quit(`${file}: Cannot write: ${written.message}`, 2);
    return tool.status;
  }
  if (source[0] === 0x1f && source[1] === 0x8b) { try { source = gunzipSync(source); } catch (thrown) { tool.quit(`${file}: not in gzip format: ${String(thrown)}`, 2); } }
  const wanted = tool.operands.map((path) => path.replace(/\/+$/, ""));
  const found = new Set<string>();
  const strip = tool.number("\x01") ?? 0;
  for (const member of members(source)) {
    if (member === "damaged") { tool.complain("This does not look like a tar archive, or it is damaged", 2); break; }
    const plain = member.name.replace(/\/+$/, "");
    const asked = wanted.find((path) => plain === path || plain.startsWith(`${path}/`));
    if (wanted.length > 0 && asked === undefined) continue;
    if (asked !== undefined) found.add(asked);
    const kind: Kind = member.type === "5" ? "directory" : member.type === "2" ? "link" : "regular";
    if (tool.has("t")) { tool.out.line(tool.has("v") ? `${describeMode(kind, member.mode)} root/root ${String(member.size).padStart(9)} ${formatDate("%Y-%m-%d %H:%M", BigInt(member.modified) * 1_000_000_000n)} ${member.name}${member.type === "2" ? ` -> ${member.link}` : ""}` : member.name); continue; }
    if (tool.has("v")) tool.out.line(member.name);
    if (tool.has("O")) { tool.out.bytes(member.data); continue; }
    // A name must not lead out of the directory that is unpacked into.
    const parts = member.name.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) { tool.complain(`${member.name}: Member name contains '..', skipped`, 2); continue; }
    const path = parts.slice(strip).join("/");
    if (path !== "") extract(tool, { ...member, link: member.type === "1" ? member.link.replace(/^\/+/, "").split("/").slice(strip).join("/") : member.link }, path);
  }
  for (const path of wanted) if (!found.has(path)) tool.complain(`${path}: Not found in archive`, 2);
  return tool.status;
});

/** The first word may lack its dash: `tar xzf a.tgz`. */
export const tar: typeof program = (system) => {
  const [name, first, ...rest] = system.args;
  if (first === undefined || first.startsWith("-") || !/^[cxtvzmhOkfCap]+$/.test(first)) return program(system);
  // Old style: each letter that takes an argument takes the next word.
  const args = [name!];
  let words = rest;
  for (const letter of first) {
    args.push(`-${letter}`);
    if (letter === "f" || letter === "C") { args.push(words[0] ?? ""); words = words.slice(1); }
  }
  return program(Object.create(system, { args: { value: [...args, ...words] } }) as typeof system);
};
