import { defineFlags, defineInterface, defineRecord, p } from "../dsl.ts";

export const TerminalModes = defineFlags("TerminalModes", "The line discipline's switches (termios).", {
  Canonical: 1, Echo: 2, Signals: 4, MapCrToNl: 8, MapNlToCrNl: 16, EchoErase: 32, EchoControl: 64,
});

export const TerminalState = defineRecord({
  name: "TerminalState", doc: "Modes and window size of a terminal.", size: 24,
  fields: {
    modes: { type: "u32", offset: 0, doc: "TerminalModes" }, columns: { type: "u32", offset: 4, doc: "characters" }, rows: { type: "u32", offset: 8, doc: "lines" },
    foreground: { type: "u32", offset: 12, doc: "foreground process group, 0 if none" }, pending: { type: "u32", offset: 16, doc: "bytes that can be read now" }, reserved: { type: "u32", offset: 20, doc: "0" },
  },
});

/** Spoken to the capability of an open terminal, besides `file`. A `file` answers BadMethod to these if it is no terminal: isatty. */
export const terminal = defineInterface({
  name: "terminal", number: 0x30,
  doc: "A terminal's own operations. The same capability also speaks `file`.",
  methods: {
    state: { number: 1, doc: "Modes and size.", args: {}, results: { state: p(TerminalState, "the state") }, errors: [], replayable: true },
    setModes: { number: 2, doc: "Set the line discipline's switches.", args: { modes: p(TerminalModes, "the new ones"), flush: p("bool", "throw away unread input") }, results: {}, errors: [], replayable: true },
    setForeground: { number: 3, doc: "Name the process group that gets ^C, ^Z and ^\\.", args: { group: p("u32", "process group, 0 for none") }, results: {}, errors: [], replayable: true },
    waitResize: { number: 4, doc: "Answers when the window size differs from the one given.", args: { columns: p("u32", "known columns"), rows: p("u32", "known rows") }, results: { columns: p("u32", "new columns"), rows: p("u32", "new rows") }, errors: ["Interrupted"], replayable: true },
  },
});

export const console_ = defineInterface({
  name: "console", number: 0x31,
  doc: "Hands out terminals. The page attaches xterm.js to them through the machine.",
  methods: {
    open: { number: 1, doc: "The terminal of a number; made if it is not there. Needs the right Manage: who holds a terminal can read what is typed.", args: { number: p("u32", "terminal number, 0–62; 0 is the first") }, results: { terminal: p("cap", "file and terminal") }, errors: ["TooManyOpen", "NoRight"], replayable: false },
    setProcess: { number: 2, doc: "Give the console the means to signal process groups. Needs the right Manage.", args: { process: p("cap", "the process server with the right to signal") }, results: {}, errors: ["NoRight"], replayable: true },
    watch: { number: 3, doc: "Be told of terminals that the page opens: bit n (0–62) of the notification is signalled when it opens or closes terminal n, and at once for those open already. Needs the right Manage.", args: { notify: p("cap", "a Notification") }, results: {}, errors: ["NoRight"], replayable: true },
    profile: { number: 4, doc: "The profile that the page asked for when it opened a terminal; empty if it named none. NotFound if the terminal is not open on the page.", args: { number: p("u32", "terminal number") }, results: { profile: p("bytes", "UTF-8, at most 63 bytes") }, errors: ["NotFound"], replayable: true },
    ended: { number: 5, doc: "Tell the page that the program it opened a terminal for has ended. Needs the right Manage.", args: { number: p("u32", "terminal number"), status: p("u32", "exit status as shells have it") }, results: {}, errors: ["NotFound", "NoRight"], replayable: true },
  },
});
