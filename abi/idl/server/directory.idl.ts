import { defineInterface, defineRecord, defineFlags, p } from "../dsl.ts";
import { Attributes, FileFlags, FileKind, SetTimes } from "./file.idl.ts";

export const DirectoryEntry = defineRecord({
  name: "DirectoryEntry", doc: "Head of an entry in what readDirectory returns; the name (UTF-8, nameLength bytes) follows, then padding to a multiple of 8.", size: 24,
  fields: {
    inode: { type: "u64", offset: 0, doc: "inode number" },
    next: { type: "u64", offset: 8, doc: "cookie of the entry after this one" },
    kind: { type: "u32", offset: 16, doc: "a FileKind" },
    nameLength: { type: "u32", offset: 20, doc: "bytes of the name" },
  },
});

export const FileSystemStatus = defineRecord({
  name: "FileSystemStatus", doc: "What statfs tells.", size: 64,
  fields: {
    blockSize: { type: "u64", offset: 0, doc: "bytes" }, blocks: { type: "u64", offset: 8, doc: "total blocks" },
    free: { type: "u64", offset: 16, doc: "free blocks" }, files: { type: "u64", offset: 24, doc: "inodes in all" },
    filesFree: { type: "u64", offset: 32, doc: "free inodes" }, nameLimit: { type: "u32", offset: 40, doc: "longest name in bytes" },
    readOnly: { type: "u32", offset: 44, doc: "1 if mounted read-only" }, reserved0: { type: "u64", offset: 48, doc: "0" }, reserved1: { type: "u64", offset: 56, doc: "0" },
  },
});

/** Without Forward and ClientSide, the second protocol: the VFS resolves names and hands out the file system's own open files. */
export const MountFlags = defineFlags("MountFlags", "How a file system is mounted. Forward and ClientSide choose SawMill's first and third protocol; without either it is the second.", {
  ReadOnly: 1, Forward: 2, ClientSide: 4, NoData: 8,
});

export const MountTableHeader = defineRecord({
  name: "MountTableHeader", doc: "Head of the mount table, at the start of the Dataspace that directory.mountTable gives. Written by the VFS; everyone reads it without a call.", size: 64,
  fields: {
    generation: { type: "u32", offset: 0, doc: "changes with the table; odd while it is being written" }, count: { type: "u32", offset: 4, doc: "MountTableEntry records that follow" },
    root: { type: "u32", offset: 8, doc: "id of the mount at `/`, or 0" }, textLength: { type: "u32", offset: 12, doc: "bytes of text, from MOUNT_TABLE_TEXT on" },
    reserved0: { type: "u64", offset: 16, doc: "0" }, reserved1: { type: "u64", offset: 24, doc: "0" }, reserved2: { type: "u64", offset: 32, doc: "0" },
    reserved3: { type: "u64", offset: 40, doc: "0" }, reserved4: { type: "u64", offset: 48, doc: "0" }, reserved5: { type: "u64", offset: 56, doc: "0" },
  },
});

export const MountTableEntry = defineRecord({
  name: "MountTableEntry", doc: "A mount, as clients that walk for themselves need it.", size: 64,
  fields: {
    id: { type: "u32", offset: 0, doc: "number of the mount, never used again" }, parent: { type: "u32", offset: 4, doc: "id of the mount that it is mounted in, 0 at the root" },
    flags: { type: "u32", offset: 8, doc: "MountFlags" }, changed: { type: "u32", offset: 12, doc: "generation of the last change of its flags: capabilities asked for before are revoked" },
    device: { type: "u64", offset: 16, doc: "what stat calls the file system; binds share it" }, coveredInode: { type: "u64", offset: 24, doc: "directory of `parent` that it covers" },
    rootInode: { type: "u64", offset: 32, doc: "its root" }, textOffset: { type: "u32", offset: 40, doc: "from MOUNT_TABLE_TEXT: its line as in directory.mounts" },
    textLength: { type: "u32", offset: 44, doc: "bytes, the final line feed included" }, reserved0: { type: "u64", offset: 48, doc: "0" }, reserved1: { type: "u64", offset: 56, doc: "0" },
  },
});

/** What the VFS serves. The capability's badge names the base directory: relative paths start there, absolute ones at the root.
 *  A badge of 0 is the root. Deleting the last copy of a badge closes that directory handle. */
export const directory = defineInterface({
  name: "directory", number: 0x21,
  doc: "A directory held open at the VFS. All operations on names are made on one of these: paths are relative to it, or absolute.",
  methods: {
    open: { number: 1, doc: "Open a file. For a directory (kind Directory) `file` is a `directory` capability; else a `file` capability, and `data` is the file's Dataspace where it has one (read-only unless opened for writing), or 0.",
      args: { flags: p(FileFlags, "how"), mode: p("u32", "permission bits of a file that is created"), path: p("string", "1–4096 bytes") },
      results: { kind: p(FileKind, "what was opened"), size: p("u64", "length in bytes"), inode: p("u64", "inode number"), created: p("bool", "the file is new"), mount: p("u32", "id of the mount that it is in"), file: p("cap", "the open file or directory"), data: p("cap", "Dataspace of the contents, or none") },
      errors: ["NotFound", "Exists", "NotDirectory", "IsDirectory", "LinkLoop", "AccessDenied", "ReadOnly", "NoSpace", "TooLong", "TooManyOpen"], replayable: false },
    stat: { number: 2, doc: "Attributes of a name.", args: { follow: p("bool", "follow a final symbolic link"), path: p("string", "1–4096 bytes, or empty for the directory itself") },
      results: { attributes: p(Attributes, "the attributes") }, errors: ["NotFound", "NotDirectory", "LinkLoop", "TooLong"], replayable: true },
    makeDirectory: { number: 3, doc: "Create a directory.", args: { mode: p("u32", "permission bits"), path: p("string", "its name") }, results: {}, errors: ["Exists", "NotFound", "NotDirectory", "ReadOnly", "NoSpace", "TooLong"], replayable: false },
    removeDirectory: { number: 4, doc: "Remove an empty directory.", args: { path: p("string", "its name") }, results: {}, errors: ["NotEmpty", "NotFound", "NotDirectory", "Busy", "ReadOnly"], replayable: false },
    unlink: { number: 5, doc: "Remove a name that is no directory; the file lives on while it is open.", args: { path: p("string", "its name") }, results: {}, errors: ["NotFound", "IsDirectory", "ReadOnly"], replayable: false },
    rename: { number: 6, doc: "Rename, replacing what the new name meant, in one step.", args: { target: p("cap", "directory handle that `to` is relative to"), from: p("string", "old name"), to: p("string", "new name") }, results: {},
      errors: ["NotFound", "Exists", "NotEmpty", "IsDirectory", "NotDirectory", "CrossDevice", "BadArgument", "ReadOnly", "Busy"], replayable: false },
    link: { number: 7, doc: "Give a file a second name.", args: { follow: p("bool", "follow a symbolic link at `from`"), target: p("cap", "directory handle that `to` is relative to"), from: p("string", "existing name"), to: p("string", "new name") }, results: {},
      errors: ["NotFound", "Exists", "CrossDevice", "AccessDenied", "ReadOnly", "NoSpace", "TooManyLinks"], replayable: false },
    symbolicLink: { number: 8, doc: "Create a symbolic link.", args: { contents: p("string", "what it points to, 1–4095 bytes"), path: p("string", "its name") }, results: {}, errors: ["Exists", "NotFound", "ReadOnly", "NoSpace"], replayable: false },
    readLink: { number: 9, doc: "Read a symbolic link.", args: { path: p("string", "its name") }, results: { contents: p("bytes", "UTF-8") }, errors: ["NotFound", "NotLink"], replayable: true },
    readDirectory: { number: 10, doc: "Entries of this directory from a cookie on (0 is the start), as many whole DirectoryEntry records as fit; an empty answer is the end. `.` and `..` come first.",
      args: { cookie: p("u64", "where to go on") }, results: { entries: p("bytes", "DirectoryEntry records with their names") }, errors: ["NotDirectory", "BadArgument"], replayable: true },
    setMode: { number: 11, doc: "Set the permission bits.", args: { mode: p("u32", "0–0o7777"), follow: p("bool", "follow a final link"), path: p("string", "name") }, results: {}, errors: ["NotFound", "ReadOnly"], replayable: true },
    setTimes: { number: 12, doc: "Set access and modification time.", args: { which: p(SetTimes, "which"), accessed: p("u64", "ns"), modified: p("u64", "ns"), follow: p("bool", "follow a final link"), path: p("string", "name") }, results: {}, errors: ["NotFound", "ReadOnly"], replayable: true },
    setSize: { number: 13, doc: "Truncate a file by name.", args: { size: p("u64", "bytes"), path: p("string", "name") }, results: {}, errors: ["NotFound", "IsDirectory", "ReadOnly", "TooLarge"], replayable: true },
    path: { number: 14, doc: "The absolute path of this directory (as getcwd).", args: {}, results: { path: p("bytes", "UTF-8, no final slash but for the root") }, errors: ["NotFound"], replayable: true },
    status: { number: 15, doc: "statfs of the file system that holds a name.", args: { path: p("string", "name, or empty") }, results: { status: p(FileSystemStatus, "figures") }, errors: ["NotFound"], replayable: true },
    mount: { number: 16, doc: "Mount a file system on a directory. Needs the right Manage on the handle.", args: { flags: p(MountFlags, "how"), root: p("cap", "the fileSystem to mount"), path: p("string", "a directory"), source: p("string", "what `mounts` shows as its origin and, after a blank, its type; one word stands for both") }, results: { device: p("u64", "what stat calls the file system") }, errors: ["NotFound", "NotDirectory", "Busy", "NoRight"], replayable: false },
    unmount: { number: 17, doc: "Remove a mount. If it is the last of its file system, that is detached first, and if it refuses (Busy while files are open, an error while it writes what is left) the mount stays as it is. Needs the right Manage.", args: { path: p("string", "where it is mounted") }, results: {}, errors: ["NotFound", "Busy", "NoSpace", "Io", "NoRight"], replayable: false },
    mounts: { number: 18, doc: "The mount table, as text: one line a mount, `source path type flags`, the flags as in `ro,protocol=2`.", args: { position: p("u64", "byte offset into the text") }, results: { text: p("bytes", "UTF-8") }, errors: [], replayable: true },
    close: { number: 19, doc: "Say that this handle is about to be deleted.", args: {}, results: {}, errors: [], replayable: true },
    bind: { number: 20, doc: "Mount a directory on another, without what is mounted below it; the flags are the new mount's own. Needs the right Manage.", args: { flags: p(MountFlags, "how"), from: p("string", "an existing directory"), path: p("string", "the directory that it covers") }, results: {}, errors: ["NotFound", "NotDirectory", "Busy", "NoRight"], replayable: false },
    remount: { number: 21, doc: "Change flags of a mount. Open files stay as they are; what is opened from now on goes by the new flags. Needs the right Manage.", args: { flags: p(MountFlags, "how"), mask: p(MountFlags, "which flags to change"), path: p("string", "where it is mounted") }, results: {}, errors: ["NotFound", "BadArgument", "NoRight"], replayable: true },
    where: { number: 22, doc: "Which directory this handle is.", args: {}, results: { mount: p("u32", "id of the mount"), inode: p("u64", "inode number") }, errors: ["NotFound"], replayable: true },
    mountTable: { number: 23, doc: "The mount table, to be read without further calls.", args: {}, results: { table: p("cap", "its Dataspace, read-only: a MountTableHeader, MountTableEntry records, and text from MOUNT_TABLE_TEXT on") }, errors: [], replayable: true },
    resolve: { number: 24, doc: "The file system of a mount, for a client that walks for itself (third protocol): what the client's library asks on a miss.", args: { mount: p("u32", "id of the mount") }, results: { paths: p("cap", "a `paths` that can do what the mount allows, until its flags change or it goes") }, errors: ["NotFound", "NotSupported"], replayable: true },
    sync: { number: 25, doc: "All of the file system that a name is in is on stable storage when this returns, names included (as syncfs; fsync of a directory).", args: { path: p("string", "name, or empty") }, results: {}, errors: ["NotFound", "Io"], replayable: true },
    abandon: { number: 26, doc: "As unmount, for a file system that cannot write what is left: that is lost. Busy while it is in use. Needs the right Manage.", args: { path: p("string", "where it is mounted") }, results: {}, errors: ["NotFound", "Busy", "NoRight"], replayable: false },
  },
});
