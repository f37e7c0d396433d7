// A session as the fragment of a link, and back. What is in it: the boot manifest if it is not the built-in one, files that were
// added, and commands to type. Opening such a link replays them in a session that touches no stored data.
//
//   #g1=<base64url>     the bytes: | CRC-32 of what follows (4, big-endian) | deflated payload |
//   payload:            | length n of the header (4, big-endian) | header: n bytes of JSON | the files' bytes, one after the other |
//   header:             { "m"?: manifest, "c"?: [command], "f"?: [[path, length]] }
//
// decodeShareLink takes whatever a stranger sends: it never throws, never unpacks more than PAYLOAD_LIMIT bytes, and says in
// a sentence what is wrong.

import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import { decodeBase64Url, encodeBase64Url } from "./base64url.ts";
import { checksum } from "./checksum.ts";
import type { AddedFile } from "./machine-api.ts";

export interface SharedSession { manifest?: string; files: AddedFile[]; commands: string[] }

/** Characters of a fragment. Browsers take more, but chat programs and mail cut links off. */
export const FRAGMENT_LIMIT = 65_536;
/** Bytes after unpacking. */
export const PAYLOAD_LIMIT = 4 * 1024 * 1024;
export const FILES_LIMIT = 256;
export const COMMANDS_LIMIT = 256;
const PATH_LIMIT = 4096;
const LINE_LIMIT = 4096;
const PREFIX = "g1=";

export type Encoded = { ok: true; fragment: string } | { ok: false; reason: string };
export type Decoded = { kind: "none" } | { kind: "session"; session: SharedSession } | { kind: "bad"; reason: string };

export function encodeShareLink(session: SharedSession): Encoded {
  const wrong = checkSession(session);
  if (wrong) return { ok: false, reason: wrong };
  const header = strToU8(JSON.stringify({
    ...(session.manifest === undefined ? {} : { m: session.manifest }),
    ...(session.commands.length ? { c: session.commands } : {}),
    ...(session.files.length ? { f: session.files.map(({ path, data }) => [path, data.length]) } : {}),
  }));
  const total = session.files.reduce((sum, file) => sum + file.data.length, 4 + header.length);
  if (total > PAYLOAD_LIMIT) return { ok: false, reason: `This session has ${total} bytes of files and settings; a link carries at most ${PAYLOAD_LIMIT}.` };
  const payload = new Uint8Array(total);
  writeWord(payload, 0, header.length);
  payload.set(header, 4);
  let at = 4 + header.length;
  for (const { data } of session.files) {
    payload.set(data, at);
    at += data.length;
  }
  const packed = deflateSync(payload, { level: 9 });
  const bytes = new Uint8Array(4 + packed.length);
  bytes.set(packed, 4);
  writeWord(bytes, 0, checksum(packed));
  const fragment = `#${PREFIX}${encodeBase64Url(bytes)}`;
  if (fragment.length > FRAGMENT_LIMIT) {
    return { ok: false, reason: `The link would have ${fragment.length} characters; at most ${FRAGMENT_LIMIT} arrive everywhere. Leave out some files.` };
  }
  return { ok: true, fragment };
}

/** `fragment` as in location.hash, with or without the #. */
export function decodeShareLink(fragment: string): Decoded {
  const text = fragment.startsWith("#") ? fragment.slice(1) : fragment;
  if (text === "") return { kind: "none" };
  if (!text.startsWith(PREFIX)) {
    return /^g\d+=/.test(text) ? bad("it was made by another version of GrailOS") : { kind: "none" };
  }
  if (text.length + 1 > FRAGMENT_LIMIT) return bad(`it has ${text.length + 1} characters, and ${FRAGMENT_LIMIT} is the most that is taken`);
  const bytes = decodeBase64Url(text.slice(PREFIX.length));
  if (!bytes) return bad("it holds characters that do not belong there, or its end is missing");
  if (bytes.length < 5) return bad("its end is missing");
  const packed = bytes.subarray(4);
  if (checksum(packed) !== readWord(bytes, 0)) return bad("it was cut off or changed on the way (its checksum is wrong)");
  const payload = inflateAtMost(packed, PAYLOAD_LIMIT);
  if (typeof payload === "string") return bad(payload);
  return unpack(payload);
}

function bad(reason: string): Decoded { return { kind: "bad", reason }; }

function inflateAtMost(packed: Uint8Array, limit: number): Uint8Array | string {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let done = false;
  try {
    const inflate = new Inflate((chunk, final) => {
      chunks.push(chunk);
      total += chunk.length;
      done ||= final;
    });
    // Small steps, so that a bomb is noticed long before it fills the memory: deflate grows at most by 1032.
    for (let at = 0; at < packed.length && total <= limit; at += 512) {
      inflate.push(packed.subarray(at, at + 512), at + 512 >= packed.length);
    }
  } catch {
    return "what it holds cannot be unpacked";
  }
  if (total > limit) return `it unpacks to more than ${limit} bytes`;
  if (!done) return "its end is missing";
  const payload = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    payload.set(chunk, at);
    at += chunk.length;
  }
  return payload;
}

function unpack(payload: Uint8Array): Decoded {
  if (payload.length < 4) return bad("its header is missing");
  const headerLength = readWord(payload, 0);
  if (headerLength > payload.length - 4) return bad("its header is longer than the link");
  let header: unknown;
  try {
    header = JSON.parse(strFromU8(payload.subarray(4, 4 + headerLength)));
  } catch {
    return bad("its header cannot be read");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) return bad("its header cannot be read");
  const { m: manifest, c: commands = [], f: rows = [] } = header as { m?: unknown; c?: unknown; f?: unknown };
  if (manifest !== undefined && typeof manifest !== "string") return bad("its boot manifest is no text");
  if (!isTextList(commands)) return bad("its commands are no list of texts");
  if (!Array.isArray(rows)) return bad("its list of files cannot be read");
  const files: AddedFile[] = [];
  let at = 4 + headerLength;
  for (const row of rows as unknown[]) {
    if (!Array.isArray(row) || row.length !== 2) return bad("its list of files cannot be read");
    const [path, length] = row as [unknown, unknown];
    if (typeof path !== "string" || typeof length !== "number" || !Number.isInteger(length) || length < 0) return bad("its list of files cannot be read");
    if (length > payload.length - at) return bad(`the file ${path} is cut off`);
    files.push({ path, data: payload.slice(at, at + length) });
    at += length;
  }
  if (at !== payload.length) return bad("it has bytes that belong to no file");
  const session: SharedSession = { ...(manifest === undefined ? {} : { manifest }), files, commands };
  const wrong = checkSession(session);
  return wrong ? bad(wrong) : { kind: "session", session };
}

/** What forbids a session, in a sentence; undefined if nothing does. The same rules hold for making and for opening. */
function checkSession({ files, commands }: SharedSession): string | undefined {
  if (files.length > FILES_LIMIT) return `it has ${files.length} files, and ${FILES_LIMIT} are the most`;
  if (commands.length > COMMANDS_LIMIT) return `it has ${commands.length} commands, and ${COMMANDS_LIMIT} are the most`;
  for (const { path } of files) if (!isPlainPath(path)) return `${JSON.stringify(path.slice(0, 80))} is no plain absolute path`;
  // A control character in a command could type more than the command shows.
  for (const command of commands) if (command.length > LINE_LIMIT || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(command)) return "one of its commands is no single line of text";
  const paths = new Set(files.map((file) => file.path));
  if (paths.size !== files.length) return "it has the same file twice";
  return undefined;
}

function isPlainPath(path: string): boolean {
  if (path.length > PATH_LIMIT || !path.startsWith("/") || /[\u0000-\u001f\u007f]/.test(path)) return false;
  return path.slice(1).split("/").every((name) => name !== "" && name !== "." && name !== "..");
}

function isTextList(value: unknown): value is string[] { return Array.isArray(value) && value.every((item) => typeof item === "string"); }

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  for (let index = 0; index < 4; index++) bytes[at + index] = value >>> (24 - 8 * index);
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
