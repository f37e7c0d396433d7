import { defineEnum, defineInterface, defineRecord, p } from "../dsl.ts";

export const ReplacementPolicy = defineEnum("ReplacementPolicy", "How the buffer cache chooses the page to give up.", { Clock: 0, Lru: 1, TwoQueues: 2, Arc: 3 });

export const VolumeStatistics = defineRecord({
  name: "VolumeStatistics", doc: "What the buffer cache tells of one volume. Pages are 4096 bytes.", size: 128,
  fields: {
    pages: { type: "u64", offset: 0, doc: "pages it holds now" }, guaranteed: { type: "u64", offset: 8, doc: "pages that nobody can take from it" },
    limit: { type: "u64", offset: 16, doc: "pages that it may hold at the most, with borrowed ones" }, dirty: { type: "u64", offset: 24, doc: "pages not yet written back" },
    hits: { type: "u64", offset: 32, doc: "pages found referenced since they were last looked at" }, misses: { type: "u64", offset: 40, doc: "pages that had to be read or made" },
    readAhead: { type: "u64", offset: 48, doc: "pages read before anyone asked" }, evictions: { type: "u64", offset: 56, doc: "pages given up" },
    writeBacks: { type: "u64", offset: 64, doc: "pages written to the disk" }, barriers: { type: "u64", offset: 72, doc: "barriers" },
    diskReads: { type: "u64", offset: 80, doc: "read calls to the disk" }, diskWrites: { type: "u64", offset: 88, doc: "write calls to the disk" },
    failures: { type: "u64", offset: 96, doc: "calls to the disk that failed" }, objects: { type: "u64", offset: 104, doc: "objects, the disk's own included" },
    borrowed: { type: "u64", offset: 112, doc: "pages it holds above its guarantee" }, lastError: { type: "i32", offset: 120, doc: "of the last write-back: 0 or a negated error" },
    policy: { type: "u32", offset: 124, doc: "a ReplacementPolicy" },
  },
});

/** The buffer cache's root, on the capability without a badge. Every method but `list` and `capacity` needs the right Manage. */
export const cache = defineInterface({
  name: "cache", number: 0x3c,
  doc: "The buffer cache: pages of disks and files, divided among volumes by guaranteed and borrowed shares. A volume that holds less than it is guaranteed gets a page whenever it wants one, if need be from a volume that holds more than its own guarantee; what is left is lent to whoever asks.",
  methods: {
    attach: { number: 1, doc: "Take a disk into the cache. The volume lives as long as capabilities to it; what is dirty is written back before it ends.",
      args: { disk: p("cap", "an open `disk`"), guaranteed: p("u32", "pages kept for it; fewer than 64 count as 64"), limit: p("u32", "the most pages it may hold, not below the guarantee; 0: as many as are free"), name: p("string", "what statistics call it, 1–63 bytes") },
      results: { size: p("u64", "bytes of the disk"), flags: p("u32", "DiskFlags of the disk"), volume: p("cap", "the `volume`"), image: p("cap", "its Dataspace: the disk, page by page, with Read, Write and Grant") },
      errors: ["NoRight", "BadArgument", "Exists", "NoSpace", "NoMemory", "TooManyOpen", "Io"], replayable: false },
    list: { number: 2, doc: "One line a volume: its name, then the fields of VolumeStatistics in their order, separated by blanks.", args: { position: p("u64", "byte offset into the text") }, results: { text: p("bytes", "UTF-8") }, errors: [], replayable: true },
    configure: { number: 3, doc: "Change the policy and the number of pages in all. Pages above it are given up; dirty ones after they were written.", args: { policy: p(ReplacementPolicy, "from now on"), pages: p("u32", "in all; 0: as before") }, results: {}, errors: ["NoRight", "BadArgument", "NoSpace"], replayable: true },
    share: { number: 4, doc: "Change the shares of a volume.", args: { guaranteed: p("u32", "pages"), limit: p("u32", "pages, 0: as many as are free"), name: p("string", "the volume") }, results: {}, errors: ["NoRight", "BadArgument", "NotFound", "NoSpace"], replayable: true },
    capacity: { number: 5, doc: "How many pages there are, and how many of them are guaranteed to volumes.", args: {}, results: { pages: p("u32", "in all"), guaranteed: p("u32", "to all volumes together"), policy: p(ReplacementPolicy, "in force") }, errors: [], replayable: true },
  },
});

/** A disk in the buffer cache, as its file system uses it.
 *
 *  Everything cached is a page of a Dataspace that the cache owns and counts: object 0 is the disk itself (metadata lives there: read and write
 *  it with dataspaceRead and dataspaceWrite of `image`; absent pages come from the cache, its pager), every other object is a file. The kernel marks pages that are
 *  written; the cache writes marked pages back to where they belong and clears the mark. So there are no calls per access.
 *
 *  How a file system writes to a file: (1) `map` the pages that are absent, new, or have got a place for a block; `fill` first those of
 *  them that it will write a part of and that have contents on the disk. (2) Write whole pages with the object's own capability; parts of pages
 *  through a copy of it without Manage (capMint), which says WouldDeadlock if the page has been given up meanwhile: `fill` it and try again.
 *  (3) Write what was mapped before it is given up: writing with Manage what is gone makes a new page, of which the cache does not know where it
 *  belongs. At most 32 pages are mapped at a time. The 32 pages of a volume that `map` named last stay, however long that takes; so who keeps all others
 *  from mapping in the volume from his `map` to the end of his write (a mutex around each request) need do no more. Where several map in one volume at
 *  the same time, one at a time maps and writes in an object, and the pages of each object's last `map` stay for a tenth of a second in any case. Who
 *  finds then that more than MAP_PATIENCE (abi/layout/limits.ts) went by from before his `map` to after his write, by `monotonic`, maps the pages again
 *  before he says that he has written: the cache takes over what it finds written. A page that is dirty is never given up before it was written to its
 *  places.
 *  Cutting a file: `unmap` what is beyond the new end, then resize. A file system never evicts or supplies pages itself.
 *
 *  Sectors that the image and an object both hold (a block of metadata that became one of a file; neighbours in one page of the image) stay
 *  coherent: when an object's page is written, the image's page has the same bytes from then on, and `fill` takes what is dirty in
 *  the image from there. A block that goes from a file to metadata must have been unmapped or dropped. */
export const volume = defineInterface({
  name: "volume", number: 0x3d,
  doc: "A disk in the buffer cache. Pages are 4096 bytes; places on the disk are sector numbers (512 bytes), 0 where there is none.",
  methods: {
    object: { number: 1, doc: "A new object: the Dataspace of a file, of size 0, which the cache pays for. The caller sets its pager and its size.", args: {}, results: { object: p("u32", "its number, from 1"), dataspace: p("cap", "with all rights") }, errors: ["NoMemory", "TooManyOpen"], replayable: false },
    fill: { number: 2, doc: "Read pages of an object from the disk (pages that are there already stay as they are), and remember where they belong, for writing back. Answers when they are present.",
      args: { object: p("u32", "not 0"), page: p("u32", "first page"), blockSize: p("u32", "bytes of a block: 512 to 65536, a power of two; blocks above 4096 are given as pages"), wanted: p("u32", "pages from the first that are waited for; more is read-ahead, partly after the answer"), places: p("bytes", "u32 sector numbers, one for each block (or page, if blocks are larger) in order; 0: zeros that have no place") },
      results: { filled: p("u32", "pages present now, from the first") }, errors: ["BadArgument", "NoMemory", "Io"], replayable: true },
    map: { number: 3, doc: "Say where pages of an object belong, and make room for them, without reading: those that are absent are about to be written whole. Call it before the first write to a page that was absent or had no place for some of its blocks. Of a page that is there already, it says where it belongs from now on: if it was written while the cache did not know, or has got a place that it did not have, it is written there, too. Said of pages that are written and have kept their places, it changes nothing. It may wait a moment for pages that others have just mapped. If there is no room because the disk takes nothing, the error is the disk's.",
      args: { object: p("u32", "not 0"), page: p("u32", "first page"), blockSize: p("u32", "as for fill"), places: p("bytes", "as for fill") }, results: {}, errors: ["BadArgument", "NoMemory", "ReadOnly", "NoSpace", "Io"], replayable: true },
    unmap: { number: 4, doc: "Forget the pages of an object from one on: they are not written back any more, and become absent. Call it before the object is cut.", args: { object: p("u32", "not 0"), page: p("u32", "first page") }, results: {}, errors: [], replayable: true },
    drop: { number: 5, doc: "The end of an object: all its pages go without being written. Its Dataspace is empty (size 0) from then on, for whoever still has capabilities to it.", args: { object: p("u32", "not 0") }, results: {}, errors: [], replayable: false },
    writeBack: { number: 6, doc: "Write what is dirty of an object (0: of all objects that are files) to the disk; does not flush the disk.", args: { object: p("u32", "an object, or 0") }, results: {}, errors: ["NoSpace", "Io"], replayable: true },
    writeThrough: { number: 7, doc: "Write to the disk and to the pages of object 0 that are present, at once; does not flush the disk. For journals.", args: { offset: p("u64", "bytes, a multiple of 512"), data: p("bytes", "a multiple of 512") }, results: {}, errors: ["BadArgument", "ReadOnly", "NoSpace", "Io"], replayable: true },
    barrier: { number: 8, doc: "Write back all that is dirty of all objects, then flush the disk: what was written before is stable when this returns.", args: {}, results: {}, errors: ["NoSpace", "Io"], replayable: true },
    flush: { number: 9, doc: "Flush the disk only: what was written back or through before is stable when this returns.", args: {}, results: {}, errors: ["NoSpace", "Io"], replayable: true },
    statistics: { number: 10, doc: "Figures.", args: {}, results: { statistics: p(VolumeStatistics, "figures") }, errors: [], replayable: true },
    detach: { number: 11, doc: "End the volume now, rather than when its last capability goes: what is dirty is written back and flushed, pages and objects go, the disk is closed when this returns, and its capabilities are BadHandle. If writing fails nothing ends.", args: {}, results: {}, errors: ["NoSpace", "Io"], replayable: false },
    abandon: { number: 12, doc: "As detach, but the volume ends whatever happens: what cannot be written is lost.", args: {}, results: {}, errors: [], replayable: false },
  },
});
