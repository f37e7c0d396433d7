import { defineEnum, defineFlags, defineInterface, defineRecord, p } from "../dsl.ts";

export const FileKind = defineEnum("FileKind", "What an inode is.", {
  Unknown: 0, Regular: 1, Directory: 2, SymbolicLink: 3, CharacterDevice: 4, BlockDevice: 5, Pipe: 6, Socket: 7,
});

export const Attributes = defineRecord({
  name: "Attributes", doc: "What stat tells of an inode. Times are nanoseconds since 1970.", size: 80,
  fields: {
    device: { type: "u64", offset: 0, doc: "number of the mount" },
    inode: { type: "u64", offset: 8, doc: "inode number, unique in its file system" },
    kind: { type: "u32", offset: 16, doc: "a FileKind" },
    mode: { type: "u32", offset: 20, doc: "permission bits, 0–0o7777" },
    links: { type: "u32", offset: 24, doc: "number of names" },
    blockSize: { type: "u32", offset: 28, doc: "preferred transfer size in bytes" },
    size: { type: "u64", offset: 32, doc: "length in bytes" },
    blocks: { type: "u64", offset: 40, doc: "512-byte units in use; less than size/512 where the file is sparse" },
    accessed: { type: "u64", offset: 48, doc: "time of last access" },
    modified: { type: "u64", offset: 56, doc: "time of last change of the data" },
    changed: { type: "u64", offset: 64, doc: "time of last change of the inode" },
    reserved: { type: "u64", offset: 72, doc: "0" },
  },
});

export const FileFlags = defineFlags("FileFlags", "How a file is opened.", {
  Read: 1, Write: 2, Append: 4, Create: 8, Exclusive: 16, Truncate: 32, Directory: 64, NoFollow: 128, NonBlocking: 256, ReadOnlyMount: 512,
});

export const SetTimes = defineFlags("SetTimes", "Which times setTimes changes, and whether to the present.", {
  Accessed: 1, AccessedNow: 2, Modified: 4, ModifiedNow: 8,
});

export const PollEvents = defineFlags("PollEvents", "Conditions of an open file.", { Readable: 1, Writable: 2, HangUp: 4, Error: 8 });

/** The position argument that means: the open file's own, shared position. */
export const file = defineInterface({
  name: "file", number: 0x20,
  doc: "An open file, pipe end, terminal or device. The capability is the open file: its badge names it at the server. Deleting the last copy closes it.",
  methods: {
    read: { number: 1, doc: "Read bytes. Returns fewer than asked only at the end of file, or from pipes and terminals; 0 is end of file.",
      args: { position: p("i64", "byte offset, or -1 for the open file's own position, which then advances") },
      results: { data: p("bytes", "what was read") },
      errors: ["IsDirectory", "Interrupted", "WouldBlock", "Io"], replayable: false },
    write: { number: 2, doc: "Write bytes. With Append the data goes to the end, whatever the position.",
      args: { position: p("i64", "byte offset, or -1 for the open file's own position, which then advances"), data: p("bytes", "at most one transfer window (64 KiB)") },
      results: { written: p("u32", "bytes taken, at least 1 unless data is empty"), size: p("u64", "length of the file after the write; 0 where it has none") },
      errors: ["NoSpace", "TooLarge", "BrokenPipe", "Interrupted", "WouldBlock", "ReadOnly", "Io"], replayable: false },
    stat: { number: 3, doc: "Attributes of the open file.", args: {}, results: { attributes: p(Attributes, "the attributes") }, errors: [], replayable: true },
    setSize: { number: 4, doc: "Truncate or extend (the new part reads as zeros and takes no space).",
      args: { size: p("u64", "new length in bytes") }, results: {}, errors: ["NotSupported", "TooLarge", "NoSpace", "ReadOnly"], replayable: true },
    sync: { number: 5, doc: "Return when data and attributes are on stable storage.", args: { dataOnly: p("bool", "attributes may wait") }, results: {}, errors: ["Io"], replayable: true },
    setTimes: { number: 6, doc: "Set access and modification time.",
      args: { which: p(SetTimes, "which to set"), accessed: p("u64", "ns since 1970"), modified: p("u64", "ns since 1970") }, results: {}, errors: ["ReadOnly"], replayable: true },
    setMode: { number: 7, doc: "Set the permission bits.", args: { mode: p("u32", "0–0o7777") }, results: {}, errors: ["ReadOnly"], replayable: true },
    seek: { number: 8, doc: "Move the open file's own position (used once a file is shared between processes; until then the library keeps it).",
      args: { offset: p("i64", "bytes"), whence: p("u32", "0 from the start, 1 from the position, 2 from the end") },
      results: { position: p("u64", "the new position") }, errors: ["NotSeekable", "BadArgument"], replayable: false },
    poll: { number: 9, doc: "Which conditions hold now; and, if none of those asked for does, signal the notification once one does.",
      args: { events: p(PollEvents, "conditions of interest"), notify: p("cap", "a Notification to signal, or none (0)"), bits: p("u64", "bits to signal") },
      results: { ready: p(PollEvents, "conditions that hold now") }, errors: ["NotSupported"], replayable: false },
    setFlags: { number: 10, doc: "Change Append and NonBlocking of the open file.", args: { flags: p(FileFlags, "only Append and NonBlocking count") }, results: {}, errors: [], replayable: true },
    reopen: { number: 11, doc: "A second, independent open file on the same inode, with its own position.",
      args: { flags: p(FileFlags, "Read, Write, Append") }, results: { file: p("cap", "the new open file") }, errors: ["NotSupported", "AccessDenied"], replayable: false },
    close: { number: 12, doc: "Say that this capability is about to be deleted, so that the server need not be told by the kernel. Pending data is visible to others when it returns.", args: {}, results: {}, errors: [], replayable: true },
  },
});
