import { defineEnum, defineFlags, defineInterface, defineRecord, p } from "../dsl.ts";

export const Signal = defineEnum("Signal", "Signals, by their Linux numbers.", {
  None: 0, HangUp: 1, Interrupt: 2, Quit: 3, Illegal: 4, Abort: 6, Kill: 9, SegmentationViolation: 11, Pipe: 13, Alarm: 14, Terminate: 15, Child: 17, Continue: 18, Stop: 19, TerminalStop: 20, WindowChange: 28,
});

export const ProcessState = defineEnum("ProcessState", "Where a process is in its life.", { Created: 0, Starting: 1, Running: 2, Stopped: 3, Exited: 4 });

export const SpawnFlags = defineFlags("SpawnFlags", "How a process is made.", { NewGroup: 1, HandleInterrupt: 2 });

export const ExitStatus = defineRecord({
  name: "ExitStatus", doc: "How a process ended or stopped. reasonLength bytes of UTF-8 say why where it failed to load or trapped.", size: 256,
  fields: {
    pid: { type: "u32", offset: 0, doc: "which process" }, state: { type: "u32", offset: 4, doc: "a ProcessState: Exited or Stopped" },
    status: { type: "i32", offset: 8, doc: "exit status 0–255; 128 + signal if a signal ended it; 126, 127 if it could not be run" }, signal: { type: "u32", offset: 12, doc: "the signal, or 0" },
    reasonLength: { type: "u32", offset: 16, doc: "0–232" }, reserved: { type: "u32", offset: 20, doc: "0" },
  },
});

export const ProcessInformation = defineRecord({
  name: "ProcessInformation", doc: "A row of the process table; the name follows at offset 48, nameLength bytes.", size: 112,
  fields: {
    pid: { type: "u32", offset: 0, doc: "process" }, parent: { type: "u32", offset: 4, doc: "its parent" }, group: { type: "u32", offset: 8, doc: "process group" }, state: { type: "u32", offset: 12, doc: "ProcessState" },
    domain: { type: "u32", offset: 16, doc: "domain number" }, personality: { type: "u32", offset: 20, doc: "0 native, 1 linux" }, started: { type: "u64", offset: 24, doc: "ns since 1970" },
    status: { type: "i32", offset: 32, doc: "exit status" }, nameLength: { type: "u32", offset: 36, doc: "0–64" }, terminal: { type: "u32", offset: 40, doc: "terminal number + 1, 0 if none" }, reserved: { type: "u32", offset: 44, doc: "0" },
  },
});

/** The badge is the calling process (0: init). */
export const process = defineInterface({
  name: "process", number: 0x11,
  doc: "The process table: makes processes of program files, tells how they ended, delivers signals. The capability's badge is the caller's process.",
  methods: {
    create: { number: 1, doc: "A process that is not started yet, child of the caller. `arguments`: NUL-terminated strings, the first is argv[0]. `environment`: NUL-terminated `K=V`.",
      args: { flags: p(SpawnFlags, "how"), group: p("u32", "process group to join; 0: the caller's, or with NewGroup a new one"), arguments: p("bytes", "at most 64 KiB"), environment: p("bytes", "at most 64 KiB") },
      results: { pid: p("u32", "its number"), group: p("u32", "its process group") }, errors: ["TryAgain", "TooLong"], replayable: false },
    give: { number: 2, doc: "Give the unstarted child an open file as a descriptor, or one of the things that have no descriptor: see DESCRIPTOR_… in abi/layout/limits.ts.", args: { pid: p("u32", "child"), descriptor: p("u32", "0–255 an open file; 256 the working directory; 257 the System object; 258 the root directory; 259 a Notification signalled (bit 0) whenever the child ends or stops"), file: p("cap", "file, directory, System or Notification") }, results: {}, errors: ["NoChild", "BadArgument"], replayable: false },
    start: { number: 3, doc: "Start the child on a program file. The file is recognised by its contents: a WASI module, a native module, a `#!` script.",
      args: { pid: p("u32", "child"), path: p("string", "path of the program, relative to the caller's working directory given as descriptor 256") }, results: {}, errors: ["NotFound", "AccessDenied", "BadProgram", "NoChild", "IsDirectory"], replayable: false },
    wait: { number: 4, doc: "Answers when a child ends (or stops, if `stopped`); its entry is then gone.", args: { pid: p("u32", "a child, or 0 for any"), stopped: p("bool", "also tell of stops"), block: p("bool", "wait for it") }, results: { status: p(ExitStatus, "how it ended; pid 0 if block is false and none has") }, errors: ["NoChild", "Interrupted"], replayable: false },
    signal: { number: 5, doc: "Signal a process or a group.", args: { pid: p("u32", "process; 0 with group"), group: p("u32", "process group, or 0"), signal: p(Signal, "which; None only tests") }, results: {}, errors: ["NoProcess", "NoRight"], replayable: false },
    exit: { number: 6, doc: "The caller ends with this status; never answers.", args: { status: p("u32", "0–255") }, results: {}, errors: [], replayable: false },
    startup: { number: 7, doc: "What the caller was started with: arguments, then environment, as in `create`.", args: {}, results: { pid: p("u32", "own number"), parent: p("u32", "parent's"), group: p("u32", "own group"), argumentsLength: p("u32", "bytes of the answer that are arguments"), descriptors: p("u64", "bit n: descriptor n (0–63) was given"), data: p("bytes", "arguments, environment") }, errors: [], replayable: true },
    take: { number: 8, doc: "Fetch a descriptor that was given before the start.", args: { descriptor: p("u32", "0–255; 256: the working directory; 260: the Dataspace of the program itself") }, results: { file: p("cap", "it") }, errors: ["BadHandle"], replayable: false },
    list: { number: 9, doc: "Rows of the process table from an index on.", args: { index: p("u32", "first row") }, results: { rows: p("bytes", "ProcessInformation records") }, errors: [], replayable: true },
    waitSignal: { number: 10, doc: "For a process made with HandleInterrupt: answers when a signal arrives that it handles itself.", args: {}, results: { signal: p(Signal, "which") }, errors: [], replayable: false },
    setGroup: { number: 11, doc: "Move a child (or the caller, 0) to a process group.", args: { pid: p("u32", "child or 0"), group: p("u32", "group, 0: its own pid") }, results: {}, errors: ["NoChild"], replayable: true },
    system: { number: 12, doc: "The capability for introspection and administration (`ps`, `caps`, `place`, `trace`). Answered only to processes of a session that may administer.", args: {}, results: { system: p("cap", "System object") }, errors: ["NoRight"], replayable: true },
  },
});
