import { defineInterface, p } from "../dsl.ts";
import { MountFlags } from "./directory.idl.ts";

/** What a file system server for disks serves on the capability without a badge. */
export const fileSystems = defineInterface({
  name: "fileSystems", number: 0x24,
  doc: "A server of file systems on disks. Each attached volume is a `fileSystem` of its own. Needs the right Manage.",
  methods: {
    attach: { number: 1, doc: "Recognize the file system on a volume, replay its journal where it needs it (unless it is read-only), and serve it. What is wrong with it is told in the log and in `reason`.",
      args: { flags: p(MountFlags, "how"), size: p("u64", "bytes of the disk"), volume: p("cap", "a `volume` of the buffer cache"), image: p("cap", "its image") },
      results: { root: p("cap", "its `fileSystem`"), readOnly: p("bool", "it had to be attached read-only") }, errors: ["NoRight", "Corrupt", "NotSupported", "ReadOnly", "NoMemory", "TooManyOpen", "Io"], replayable: false },
    reason: { number: 2, doc: "Why the last attach was refused or became read-only: one line that names the field, its value and what it should be; empty if all was well.", args: {}, results: { text: p("bytes", "UTF-8, at most 200 bytes") }, errors: [], replayable: true },
    list: { number: 3, doc: "One line for each attached volume: its figures as `name=value`, separated by blanks (for /sys).", args: { position: p("u64", "byte offset into the text") }, results: { text: p("bytes", "UTF-8") }, errors: [], replayable: true },
  },
});
