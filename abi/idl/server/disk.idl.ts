import { defineFlags, defineInterface, defineRecord, largeBytes, p } from "../dsl.ts";

export const DiskFlags = defineFlags("DiskFlags", "What a disk is, and how it is opened.", { ReadOnly: 1, Persistent: 2 });

export const DiskInfo = defineRecord({
  name: "DiskInfo", doc: "What a disk is.", size: 32,
  fields: {
    size: { type: "u64", offset: 0, doc: "bytes, a multiple of sectorSize" },
    sectorSize: { type: "u32", offset: 8, doc: "bytes of the smallest unit that is written at once: 512" },
    flags: { type: "u32", offset: 12, doc: "DiskFlags" },
    transferLimit: { type: "u32", offset: 16, doc: "the most bytes that one read or write takes: 262144" },
    reserved0: { type: "u32", offset: 20, doc: "0" },
    reserved1: { type: "u64", offset: 24, doc: "0" },
  },
});

export const DiskStatistics = defineRecord({
  name: "DiskStatistics", doc: "What a disk has done since it was opened.", size: 48,
  fields: {
    reads: { type: "u64", offset: 0, doc: "read calls" }, writes: { type: "u64", offset: 8, doc: "write calls" },
    flushes: { type: "u64", offset: 16, doc: "flush calls" }, bytesRead: { type: "u64", offset: 24, doc: "bytes" },
    bytesWritten: { type: "u64", offset: 32, doc: "bytes" }, failures: { type: "u64", offset: 40, doc: "calls that were answered with an error" },
  },
});

/** An open disk, as every block driver serves it. The capability is the open disk; deleting its last copy closes it. */
export const disk = defineInterface({
  name: "disk", number: 0x3a,
  doc: "An open disk: an image of sectors in the layout that every tool knows. Offsets and lengths are multiples of the sector size.",
  methods: {
    info: { number: 1, doc: "What it is.", args: {}, results: { info: p(DiskInfo, "figures") }, errors: [], replayable: true },
    read: { number: 2, doc: "Read sectors.", args: { offset: p("u64", "bytes from the start") }, results: { data: largeBytes("as many whole sectors as were asked for, at most one transfer limit; never fewer") },
      errors: ["BadArgument", "Io"], replayable: true },
    write: { number: 3, doc: "Write sectors. They are read back at once, but stable only after a flush; until then a crash may leave any subset of them on the disk, in any order.",
      args: { offset: p("u64", "bytes from the start"), data: largeBytes("whole sectors, at most one transfer limit") }, results: {}, errors: ["BadArgument", "ReadOnly", "NoSpace", "Io"], replayable: true },
    flush: { number: 4, doc: "Barrier: all that was written before is on stable storage when this returns.", args: {}, results: {}, errors: ["NoSpace", "Io"], replayable: true },
    statistics: { number: 5, doc: "What it has done.", args: {}, results: { statistics: p(DiskStatistics, "figures") }, errors: [], replayable: true },
  },
});

/** What a block driver serves to those who manage its disks, on the capability without a badge. Every method needs the right Manage. */
export const disks = defineInterface({
  name: "disks", number: 0x3b,
  doc: "The disks of one driver, by name. Needs the right Manage.",
  methods: {
    list: { number: 1, doc: "One line a disk: name, size in bytes, DiskFlags, `open` or `closed`, and where it comes from or `-`; separated by tabs.", args: { position: p("u64", "byte offset into the text") }, results: { text: p("bytes", "UTF-8") }, errors: ["NoRight", "Io"], replayable: true },
    open: { number: 2, doc: "Open a disk. One that is open already, here or in another tab, is Busy, unless both opens are ReadOnly.", args: { flags: p(DiskFlags, "ReadOnly or nothing"), name: p("string", "1–63 bytes") }, results: { disk: p("cap", "the open `disk`") }, errors: ["NoRight", "NotFound", "Busy", "Unavailable", "TooManyOpen", "Io"], replayable: false },
    create: { number: 3, doc: "Create a disk of zeros. Space for all of it is asked for first.", args: { size: p("u64", "bytes, a multiple of 512; at most 2^36"), name: p("string", "1–63 bytes of letters, digits, `.`, `_` and `-`") }, results: {}, errors: ["NoRight", "Exists", "NoSpace", "BadArgument", "NotSupported", "Io"], replayable: false },
    createFrom: { number: 4, doc: "Create a disk whose contents come from elsewhere: for disk-overlay from `base`, an open disk, and what is written stays in the overlay; for disk-http from the file of the site at `source`.", args: { base: p("cap", "a `disk`, or none"), name: p("string", "1–63 bytes"), source: p("string", "what `list` shows as its origin; for disk-http a path relative to the site") }, results: {}, errors: ["NoRight", "Exists", "NoSpace", "BadArgument", "NotSupported", "NotFound", "Io"], replayable: false },
    remove: { number: 5, doc: "Delete a closed disk and all that is on it.", args: { name: p("string", "its name") }, results: {}, errors: ["NoRight", "NotFound", "Busy", "NotSupported", "Io"], replayable: false },
    rename: { number: 6, doc: "Give a closed disk another name.", args: { from: p("string", "old name"), to: p("string", "new name") }, results: {}, errors: ["NoRight", "NotFound", "Exists", "Busy", "NotSupported", "Io"], replayable: false },
  },
});
