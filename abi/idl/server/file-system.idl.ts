import { defineInterface, p } from "../dsl.ts";
import { FileSystemStatus } from "./directory.idl.ts";
import { Attributes, FileFlags, FileKind, SetTimes } from "./file.idl.ts";

/** What every file system serves to the VFS (SawMill's PFS). Inodes are named by number; names never contain `/`.
 *  The VFS handles paths, `.`, `..` at mount points, symbolic links between file systems and permissions of mounts. */
export const fileSystem = defineInterface({
  name: "fileSystem", number: 0x22,
  doc: "A mounted file system seen from the VFS: operations on inode numbers.",
  methods: {
    root: { number: 1, doc: "The root inode.", args: {}, results: { inode: p("u64", "its number") }, errors: [], replayable: true },
    lookup: { number: 2, doc: "Find a name in a directory (`..` included).", args: { directory: p("u64", "inode"), name: p("string", "1–255 bytes") }, results: { inode: p("u64", "found"), kind: p(FileKind, "its kind") }, errors: ["NotFound", "NotDirectory", "TooLong"], replayable: true },
    create: { number: 3, doc: "Create a regular file or a directory.", args: { directory: p("u64", "inode"), kind: p(FileKind, "Regular or Directory"), mode: p("u32", "permission bits"), name: p("string", "1–255 bytes") }, results: { inode: p("u64", "new inode") }, errors: ["Exists", "NotFound", "NotDirectory", "NoSpace", "ReadOnly", "TooLong"], replayable: false },
    unlink: { number: 4, doc: "Remove a name; for a directory only if it is empty and `directoryWanted`.", args: { directory: p("u64", "inode"), directoryWanted: p("bool", "rmdir rather than unlink"), name: p("string", "1–255 bytes") }, results: {}, errors: ["NotFound", "NotEmpty", "IsDirectory", "NotDirectory", "ReadOnly"], replayable: false },
    rename: { number: 5, doc: "Rename within this file system, atomically; a directory is never moved below itself.", args: { fromDirectory: p("u64", "inode"), toDirectory: p("u64", "inode"), from: p("string", "old name"), to: p("string", "new name") }, results: {}, errors: ["NotFound", "NotEmpty", "IsDirectory", "NotDirectory", "BadArgument", "ReadOnly", "NoSpace"], replayable: false },
    link: { number: 6, doc: "Add a name to an inode.", args: { inode: p("u64", "existing"), directory: p("u64", "inode"), name: p("string", "1–255 bytes") }, results: {}, errors: ["Exists", "AccessDenied", "NoSpace", "ReadOnly", "TooManyLinks"], replayable: false },
    symbolicLink: { number: 7, doc: "Create a symbolic link.", args: { directory: p("u64", "inode"), name: p("string", "its name"), contents: p("string", "1–4095 bytes") }, results: { inode: p("u64", "new inode") }, errors: ["Exists", "NoSpace", "ReadOnly"], replayable: false },
    readLink: { number: 8, doc: "Contents of a symbolic link.", args: { inode: p("u64", "the link") }, results: { contents: p("bytes", "UTF-8") }, errors: ["NotLink"], replayable: true },
    stat: { number: 9, doc: "Attributes; `device` is 0, the VFS fills it in.", args: { inode: p("u64", "inode") }, results: { attributes: p(Attributes, "attributes") }, errors: ["NotFound"], replayable: true },
    setMode: { number: 10, doc: "Set permission bits.", args: { inode: p("u64", "inode"), mode: p("u32", "0–0o7777") }, results: {}, errors: ["ReadOnly"], replayable: true },
    setTimes: { number: 11, doc: "Set times.", args: { inode: p("u64", "inode"), which: p(SetTimes, "which"), accessed: p("u64", "ns"), modified: p("u64", "ns") }, results: {}, errors: ["ReadOnly"], replayable: true },
    setSize: { number: 12, doc: "Truncate or extend.", args: { inode: p("u64", "inode"), size: p("u64", "bytes") }, results: {}, errors: ["IsDirectory", "TooLarge", "NoSpace", "ReadOnly"], replayable: true },
    readDirectory: { number: 13, doc: "As directory.readDirectory, of any directory inode.", args: { inode: p("u64", "directory"), cookie: p("u64", "0 is the start") }, results: { entries: p("bytes", "DirectoryEntry records") }, errors: ["NotDirectory", "BadArgument"], replayable: true },
    open: { number: 14, doc: "Open an inode that is no directory: a `file` capability, and the Dataspace of its contents or none.", args: { inode: p("u64", "inode"), flags: p(FileFlags, "Read, Write, Append, Truncate, NonBlocking; with Create the caller has just created it, and its permission bits do not apply to this open; with ReadOnlyMount nothing of the file can be changed by way of this open file, nor of one reopened from it"), device: p("u64", "number of the mount, for the open file's stat") }, results: { size: p("u64", "bytes"), file: p("cap", "open file"), data: p("cap", "Dataspace, or none") }, errors: ["NotFound", "IsDirectory", "AccessDenied", "ReadOnly", "TooManyOpen"], replayable: false },
    status: { number: 15, doc: "Figures of the file system.", args: {}, results: { status: p(FileSystemStatus, "figures") }, errors: [], replayable: true },
    hold: { number: 16, doc: "Keep an inode alive although it may lose its last name (a directory handle, a mount point); `release` undoes one hold.", args: { inode: p("u64", "inode") }, results: {}, errors: ["NotFound"], replayable: false },
    release: { number: 17, doc: "Undo one `hold`.", args: { inode: p("u64", "inode") }, results: {}, errors: ["NotFound"], replayable: false },
    detach: { number: 19, doc: "The last call before an unmount: writes all of it, and leaves it marked as cleanly unmounted. Busy while files are open or inodes held; nothing is served afterwards. After an error it goes on as before.", args: {}, results: {}, errors: ["Busy", "NoSpace", "Io"], replayable: false },
    sync: { number: 18, doc: "All of it is on stable storage when this returns.", args: {}, results: {}, errors: ["Io"], replayable: true },
    abandon: { number: 20, doc: "As detach, and what cannot be written is lost. Busy while files are open or inodes held.", args: {}, results: {}, errors: ["Busy"], replayable: false },
  },
});
