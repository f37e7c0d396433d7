// The records of the `process` interface that carry text after their fields: ExitStatus with its reason, ProcessInformation with its name. The
// process server writes them, programs read them.

import {
  ExitStatusSize, ProcessInformationSize, readExitStatus, readProcessInformation, writeExitStatus, writeProcessInformation, type ExitStatus, type ProcessInformation,
} from "../../abi/generated/ts/records.ts";
import { decodeText, encodeTextWithin } from "./text.ts";

/** Where the text begins in each record. */
const REASON = 24, NAME = 48;

export type EndedProcess = Omit<ExitStatus, "reasonLength" | "reserved"> & { readonly reason: string };
export type ProcessRow = Omit<ProcessInformation, "nameLength" | "reserved"> & { readonly name: string };

/** The reason is cut to 232 bytes. */
export function encodeEnded(ended: EndedProcess): Uint8Array {
  const text = encodeTextWithin(ended.reason, ExitStatusSize - REASON);
  const bytes = writeExitStatus({ ...ended, reasonLength: text.length, reserved: 0 });
  bytes.set(text, REASON);
  return bytes;
}

/** Undefined if the bytes are too few. */
export function decodeEnded(bytes: Uint8Array): EndedProcess | undefined {
  if (bytes.length < ExitStatusSize) return undefined;
  const { pid, state, status, signal, reasonLength } = readExitStatus(bytes);
  return { pid, state, status, signal, reason: decodeText(bytes.slice(REASON, REASON + Math.min(reasonLength, ExitStatusSize - REASON))) };
}

/** As many rows as fit into `room` bytes. Names are cut to 64 bytes. */
export function encodeRows(rows: readonly ProcessRow[], room: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(rows.length, Math.floor(room / ProcessInformationSize)) * ProcessInformationSize);
  for (let at = 0; at < bytes.length; at += ProcessInformationSize) {
    const row = rows[at / ProcessInformationSize]!;
    const name = encodeTextWithin(row.name, ProcessInformationSize - NAME);
    writeProcessInformation({ ...row, nameLength: name.length, reserved: 0 }, bytes, at);
    bytes.set(name, at + NAME);
  }
  return bytes;
}

export function decodeRows(bytes: Uint8Array): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (let at = 0; at + ProcessInformationSize <= bytes.length; at += ProcessInformationSize) {
    const { nameLength, reserved, ...row } = readProcessInformation(bytes, at);
    rows.push({ ...row, name: decodeText(bytes.slice(at + NAME, at + NAME + Math.min(nameLength, ProcessInformationSize - NAME))) });
  }
  return rows;
}
