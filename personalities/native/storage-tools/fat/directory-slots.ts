// The slots of a directory, read as entries: long names put together, and what does not fit together told.

import * as fat from "../../../../lib/formats/fat.ts";

/** A slot and where it is on the disk. */
export interface Slot { bytes: Uint8Array; offset: number }

export interface Entry {
  /** As a person sees it. */
  name: string;
  long: boolean;
  short: string;
  attributes: number;
  cluster: number;
  size: number;
  /** Of the short entry. */
  offset: number;
}

/** A deleted entry that says that its file was being renamed. */
export interface Moving { slot: Slot; longSlots: Slot[]; cluster: number; directory: boolean; /** First cluster of the directory that it is in; 0 for the root. */ parent: number }

export interface Listing {
  entries: Entry[];
  /** `.` and `..`, as far as they are there, and in which slots. */
  dots: { entry: Entry; index: number }[];
  labels: Entry[];
  /** Parts of long names that no entry owns. */
  leftovers: Slot[];
  moving: Moving[];
}

export function checksum(short: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < 11; i++) sum = ((sum & 1) << 7 | sum >> 1) + short[i]! & 255;
  return sum;
}

/** The 8.3 form of a slot's name; bytes above 127 are shown as they count in code page 437's place. */
export function shortName(slot: Uint8Array): string {
  const flags = slot[fat.SLOT_CASE]!;
  const part = (from: number, to: number, lower: boolean): string => {
    const text = String.fromCharCode(...slot.subarray(from, to)).replace(/ +$/, "");
    return lower ? text.toLowerCase() : text;
  };
  const base = part(0, 8, (flags & fat.CASE_LOWER_NAME) !== 0), extension = part(8, 11, (flags & fat.CASE_LOWER_EXTENSION) !== 0);
  const named = base.charCodeAt(0) === fat.SLOT_KANJI ? "\u00e5" + base.slice(1) : base;
  return extension ? `${named}.${extension}` : named;
}

const unitOffset = (i: number): number => i < 5 ? 1 + i * 2 : i < 11 ? 14 + (i - 5) * 2 : 28 + (i - 11) * 2;

/** The long name that parts say, first part first. */
export function longName(parts: readonly Uint8Array[]): string {
  let name = "";
  for (const part of parts) {
    for (let i = 0; i < fat.LONG_UNITS; i++) {
      const unit = part[unitOffset(i)]! | part[unitOffset(i) + 1]! << 8;
      if (unit === 0) return name;
      name += String.fromCharCode(unit);
    }
  }
  return name;
}

export function clusterOf(slot: Uint8Array, type: number): number {
  const view = new DataView(slot.buffer, slot.byteOffset, fat.SLOT_SIZE);
  return (view.getUint16(fat.SLOT_CLUSTER_LOW, true) | (type === 32 ? view.getUint16(fat.SLOT_CLUSTER_HIGH, true) << 16 : 0)) >>> 0;
}

/** Those parts just before a deleted entry which is being renamed that are its own, the last part first. */
function partsOfDeleted(deleted: readonly Slot[], bytes: Uint8Array): Slot[] {
  const short = bytes.slice(0, 11);
  short[0] = bytes[fat.SLOT_CREATED_TENTHS]!;
  const sum = checksum(short);
  let count = 0;
  while (count < Math.min(deleted.length, fat.LONG_MAX_SLOTS) && deleted[deleted.length - 1 - count]!.bytes[fat.LONG_CHECKSUM] === sum) count++;
  return deleted.slice(deleted.length - count);
}

/** Everything up to the end of the directory whose first cluster is `own`. */
export function readListing(slots: Iterable<Slot>, type: number, own = 0): Listing {
  const listing: Listing = { entries: [], dots: [], labels: [], leftovers: [], moving: [] };
  let parts: Slot[] = [], before: Slot[] = [], index = -1;
  const abandon = (): void => { listing.leftovers.push(...parts); parts = []; };
  for (const slot of slots) {
    index++;
    const { bytes } = slot, first = bytes[0]!, attributes = bytes[fat.SLOT_ATTRIBUTES]!;
    if (first === fat.SLOT_END) break;
    const isPart = (attributes & fat.ATTRIBUTE_MASK) === fat.ATTRIBUTE_LONG_NAME;
    if (isPart) before.push(slot);
    if (first === fat.SLOT_FREE) {
      abandon();
      if (isPart) continue;
      if (bytes[fat.SLOT_CASE] === fat.MOVING) {
        const longSlots = partsOfDeleted(before, bytes);
        listing.moving.push({ slot, longSlots, cluster: clusterOf(bytes, type), directory: (attributes & fat.ATTRIBUTE_DIRECTORY) !== 0, parent: own });
        // Parts that are still there are its own.
        listing.leftovers = listing.leftovers.filter((each) => !longSlots.includes(each));
      }
      before = [];
      continue;
    }
    if (!isPart) before = [];
    if (isPart) {
      const order = first & 63, previous = parts.at(-1);
      const starts = (first & fat.LONG_LAST) !== 0 && order >= 1 && order <= fat.LONG_MAX_SLOTS;
      const follows = previous !== undefined && (previous.bytes[0]! & 63) - 1 === order && order > 0 && previous.bytes[fat.LONG_CHECKSUM] === bytes[fat.LONG_CHECKSUM];
      if (starts || !follows) abandon();
      if (starts || follows) parts.push(slot); else listing.leftovers.push(slot);
      continue;
    }
    const complete = parts.length > 0 && (parts.at(-1)!.bytes[0]! & 63) === 1 && parts[0]!.bytes[fat.LONG_CHECKSUM] === checksum(bytes);
    const short = shortName(bytes), long = complete ? longName(parts.map((part) => part.bytes).reverse()) : "";
    if (complete) parts = []; else abandon();
    const entry: Entry = { name: long || short, long: long !== "", short, attributes, cluster: clusterOf(bytes, type), size: new DataView(bytes.buffer, bytes.byteOffset).getUint32(fat.SLOT_FILE_SIZE, true), offset: slot.offset };
    if (attributes & fat.ATTRIBUTE_VOLUME) listing.labels.push(entry);
    else if (first === 0x2e) listing.dots.push({ entry, index });
    else listing.entries.push(entry);
  }
  abandon();
  return listing;
}
