import { defineEnum, defineInterface, p } from "../dsl.ts";
import { MountFlags } from "./directory.idl.ts";
import { FileFlags, FileKind, SetTimes } from "./file.idl.ts";

export const WalkMode = defineEnum("WalkMode", "What a walk leads to.", { Last: 0, LastFollowed: 1, Parent: 2 });

export const WalkEnd = defineEnum("WalkEnd", "How a walk in one file system ended. Only after Done has anything been done; else the client goes on from `inode` with what is left of the path from `consumed` on.", {
  /** At what the path names. */
  Done: 0,
  /** Behind the component of a covered directory, which is `inode`. */
  Covered: 1,
  /** Behind the component of a symbolic link, whose contents are in the answer; `inode` is the directory that it is in. */
  Link: 2,
  /** Before a `..` at the root of the mount. */
  Up: 3,
});

/** What a file system serves to the clients of a mount that walk for themselves (SawMill's third protocol). A path is walked as far as it goes in
 *  this file system, and the work is done, in one call. A capability without restriction (the fileSystem itself) is the VFS's; `restrict` and `cover`
 *  are for it alone. File systems that do not serve this can be mounted with the other two protocols only. */
export const paths = defineInterface({
  name: "paths", number: 0x25,
  doc: "A file system as the clients of one mount see it: names are resolved by the file system itself, from a directory's inode on.",
  methods: {
    restrict: { number: 1, doc: "A capability for clients, which can do what the flags allow and speaks this interface only.", args: { flags: p(MountFlags, "ReadOnly: change nothing; NoData: give no Dataspaces") }, results: { paths: p("cap", "to be revoked by the VFS when it is over") }, errors: ["BadHandle", "TooManyOpen"], replayable: true },
    cover: { number: 2, doc: "Note that a directory is covered by a mount: walks end there, and it can be neither removed nor renamed.", args: { inode: p("u64", "a directory that is held"), covered: p("bool", "one mount more, or one less") }, results: {}, errors: ["BadHandle", "NotFound"], replayable: false },
    walk: { number: 3, doc: "Walk a path.", args: { directory: p("u64", "inode to start from"), root: p("u64", "inode of the mount's root, where `..` ends"), mode: p(WalkMode, "what to lead to; Parent stops before the last component"), path: p("string", "may be empty") },
      results: { end: p(WalkEnd, "how it ended"), consumed: p("u32", "bytes of the path that are done"), inode: p("u64", "where it ended"), kind: p(FileKind, "what that is"), contents: p("bytes", "of a symbolic link where it ended at one") },
      errors: ["NotFound", "NotDirectory", "TooLong"], replayable: true },
    open: { number: 4, doc: "Open (or create) a file by its path. A directory is not opened: `kind` says that it is one, and `file` is none.", args: { directory: p("u64", "as for walk"), root: p("u64", "as for walk"), flags: p(FileFlags, "as for directory.open"), mode: p("u32", "as for directory.open"), device: p("u64", "for the open file's stat"), path: p("string", "may be empty") },
      results: { end: p(WalkEnd, "how it ended"), consumed: p("u32", "bytes of the path that are done"), inode: p("u64", "where it ended"), kind: p(FileKind, "what that is"), size: p("u64", "bytes"), created: p("bool", "the file is new"), file: p("cap", "open file, or none"), data: p("cap", "Dataspace, or none"), contents: p("bytes", "as for walk") },
      errors: ["NotFound", "Exists", "NotDirectory", "IsDirectory", "LinkLoop", "AccessDenied", "ReadOnly", "NoSpace", "TooLong", "TooManyOpen"], replayable: false },
    stat: { number: 5, doc: "Attributes of what a path names; `device` is 0.", args: { directory: p("u64", "as for walk"), root: p("u64", "as for walk"), follow: p("bool", "follow a final symbolic link"), path: p("string", "may be empty") },
      results: { end: p(WalkEnd, "how it ended"), consumed: p("u32", "bytes of the path that are done"), inode: p("u64", "where it ended"), found: p("bytes", "after Done an Attributes record, after Link its contents") }, errors: ["NotFound", "NotDirectory", "TooLong"], replayable: true },
    makeDirectory: { number: 6, doc: "Create a directory.", args: { directory: p("u64", "as for walk"), root: p("u64", "as for walk"), mode: p("u32", "permission bits"), path: p("string", "its name") },
      results: { end: p(WalkEnd, "how the walk to its parent ended"), consumed: p("u32", "bytes of the path that are done"), inode: p("u64", "where it ended"), contents: p("bytes", "as for walk") }, errors: ["Exists", "NotFound", "NotDirectory", "ReadOnly", "NoSpace", "TooLong"], replayable: false },
    remove: { number: 7, doc: "Remove a name.", args: { directory: p("u64", "as for walk"), root: p("u64", "as for walk"), directoryWanted: p("bool", "rmdir rather than unlink"), path: p("string", "its name") },
      results: { end: p(WalkEnd, "how the walk to its parent ended"), consumed: p("u32", "bytes of the path that are done"), inode: p("u64", "where it ended"), contents: p("bytes", "as for walk") }, errors: ["NotFound", "NotEmpty", "IsDirectory", "NotDirectory", "Busy", "ReadOnly"], replayable: false },
    rename: { number: 8, doc: "As fileSystem.rename; Busy if either is covered.", args: { fromDirectory: p("u64", "inode"), toDirectory: p("u64", "inode"), from: p("string", "old name"), to: p("string", "new name") }, results: {}, errors: ["NotFound", "NotEmpty", "IsDirectory", "NotDirectory", "BadArgument", "Busy", "ReadOnly", "NoSpace"], replayable: false },
    link: { number: 9, doc: "As fileSystem.link.", args: { inode: p("u64", "existing"), directory: p("u64", "inode"), name: p("string", "1–255 bytes") }, results: {}, errors: ["Exists", "AccessDenied", "NoSpace", "ReadOnly", "TooManyLinks"], replayable: false },
    symbolicLink: { number: 10, doc: "As fileSystem.symbolicLink.", args: { directory: p("u64", "inode"), name: p("string", "its name"), contents: p("string", "1–4095 bytes") }, results: {}, errors: ["Exists", "NoSpace", "ReadOnly"], replayable: false },
    setMode: { number: 11, doc: "As fileSystem.setMode.", args: { inode: p("u64", "inode"), mode: p("u32", "0–0o7777") }, results: {}, errors: ["ReadOnly"], replayable: true },
    setTimes: { number: 12, doc: "As fileSystem.setTimes.", args: { inode: p("u64", "inode"), which: p(SetTimes, "which"), accessed: p("u64", "ns"), modified: p("u64", "ns") }, results: {}, errors: ["ReadOnly"], replayable: true },
    setSize: { number: 13, doc: "As fileSystem.setSize.", args: { inode: p("u64", "inode"), size: p("u64", "bytes") }, results: {}, errors: ["IsDirectory", "TooLarge", "NoSpace", "ReadOnly"], replayable: true },
    readDirectory: { number: 14, doc: "As fileSystem.readDirectory.", args: { inode: p("u64", "directory"), cookie: p("u64", "0 is the start") }, results: { entries: p("bytes", "DirectoryEntry records") }, errors: ["NotDirectory", "BadArgument"], replayable: true },
  },
});
