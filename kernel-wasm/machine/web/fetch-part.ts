// A part of a file of the site, and what the server's answer says of the whole. Servers that know no ranges are told apart by their
// status (200 for a part); one that answers 206 must say which part it sent.

import { FetchRefused, type FetchedPart } from "../../../lib/ts/devices.ts";
import { concatenate } from "../../../lib/ts/text.ts";

export async function fetchPart(address: URL, path: string, { offset, length }: { offset: number; length: number }, limit: number): Promise<FetchedPart> {
  const response = await fetch(address, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
  const version = response.headers.get("ETag") ?? response.headers.get("Last-Modified") ?? "";
  const told = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(response.headers.get("Content-Range") ?? "");
  const size = told && told[3] !== "*" ? Number(told[3]) : undefined;
  // The part begins after the end of the file.
  if (response.status === 416) return { bytes: new Uint8Array(0), whole: false, size, version };
  if (!response.ok) throw new FetchRefused(`${path}: the server answered ${response.status} ${response.statusText}`, response.status);
  if (response.status === 206) {
    if (!told || Number(told[1]) !== offset) throw new Error(`${path}: the server sent another part than it was asked for (${response.headers.get("Content-Range") ?? "it does not say which"})`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes: bytes.subarray(0, length), whole: false, size, version };
  }
  const bytes = await wholeBody(response, path, limit);
  return { bytes, whole: true, size: bytes.length, version };
}

/** The length that a server announces may be that of a compressed body: what comes is counted. */
async function wholeBody(response: Response, path: string, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body!.getReader();
  for (let next; !(next = await reader.read()).done;) {
    size += next.value.length;
    if (size > limit) {
      await reader.cancel();
      throw new Error(`${path}: the server knows no ranges, and the file is larger than ${limit} bytes`);
    }
    parts.push(next.value);
  }
  return concatenate(parts);
}
