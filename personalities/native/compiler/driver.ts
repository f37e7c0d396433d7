// cc, c++, clang, clang++: the compiler driver. Clang cannot start processes under WASI, so it is asked with -### what it would run; each command is then run as a
// process of its own: clang -cc1 for each source, wasm-ld to link.

import { Signal } from "../../../abi/generated/ts/enums.ts";
import { Failure } from "../api/failure.ts";
import { Open, type NativeSystem } from "../api/native-system.ts";
import type { Program } from "../api/program.ts";
import { decode, encode, readAll, writeAll } from "../api/streams.ts";
import { parseCommands } from "./commands.ts";
import { libraries, usual } from "./usual-options.ts";

/** Headers and libraries: what LLVM calls the sysroot and the resource directory are one tree here. */
const TREE = "/usr/lib/llvm";
/** Places of LLVM's one program for all tools; argv[0] chooses the tool. */
const BINARIES = ["/usr/lib/llvm/bin/llvm", "/usr/lib/llvm/bin/clang"];

/** Options that clang answers at once, without running anything. */
const informative = /^(--version|-v|-help|--help|--help-hidden|-dumpversion|-dumpmachine|-print-.*|--print-.*|-###)$/;

function driver(name: "clang" | "clang++"): Program {
  return (system) => {
    const args = system.args.slice(1);
    const complain = (message: string) => { writeAll(system, 2, encode(`${system.args[0]?.replace(/.*\//, "") ?? "cc"}: ${message}\n`)); };
    const binary = BINARIES.find((path) => !(system.stat(path) instanceof Failure));
    if (binary === undefined) { complain(`clang is not installed: no ${BINARIES.join(" or ")}`); return 127; }
    const base = [...(args.some((one) => one.startsWith("--sysroot")) ? [] : [`--sysroot=${TREE}`]), ...(args.includes("-resource-dir") ? [] : ["-resource-dir", TREE])];
    // A command of a plan, run by hand.
    if (args[0]?.startsWith("-cc1")) return run(system, binary, [name, ...args], complain);
    if (args.some((one) => informative.test(one)) && !args.some((one) => /\.(c|cc|cpp|cxx|C|o|s|S|ll)$/.test(one))) return run(system, binary, [name, ...base, ...args], complain);

    const asked = capture(system, binary, [name, "-###", ...base, ...usual(args), ...args]);
    if (asked instanceof Failure) { complain(`${binary}: ${asked.message}`); return 126; }
    const plan = parseCommands(asked.errors);
    // Without temporary names clang says so, and plans all the same.
    const messages = plan.messages.filter((line) => !/unable to make temporary file/.test(line));
    if (messages.length > 0) writeAll(system, 2, encode(messages.join("\n") + "\n"));
    if (messages.some((line) => /\berror:/.test(line)) || (asked.status !== 0 && plan.commands.length === 0)) return asked.status || 1;
    if (args.includes("-v") || args.includes("-###")) writeAll(system, 2, encode(asked.errors));
    if (args.includes("-###")) return 0;
    // With -### clang itself does not complain of this.
    if (plan.commands.length === 0) { complain("error: no input files"); return 1; }

    const temporary: string[] = [];
    try {
      const commands = nameTemporaries(system, plan.commands.map(libraries), temporary);
      // Those that clang has named itself are to be removed as well.
      for (const command of commands.slice(0, -1)) { const output = command[command.indexOf("-o") + 1]; if (output?.startsWith("/tmp/") && !temporary.includes(output)) temporary.push(output); }
      for (const command of commands) {
        const status = run(system, binary, command, complain);
        if (status !== 0) {
          // As a shell has it: who interrupts the compiler, or closes the pipe that it writes to, knows why it ended.
          if (status > 128 && status !== 128 + Signal.Interrupt && status !== 128 + Signal.Pipe) complain(`${command[0]} ended with status ${status}`);
          return status;
        }
      }
      makeExecutable(system, commands.at(-1));
      return 0;
    } finally {
      for (const path of temporary) system.unlink(path);
    }
  };
}

/** Where clang could not make a temporary file it writes "" for its name: in order, an output here is an input there. */
function nameTemporaries(system: NativeSystem, commands: readonly string[][], made: string[]): string[][] {
  let inputs = 0;
  return commands.map((command) => command.map((word, index) => {
    if (word !== "") return word;
    if (command[index - 1] === "-o") { const path = `/tmp/cc-${system.pid}-${made.length}.o`; made.push(path); return path; }
    return made[inputs++] ?? word;
  }));
}

/** The linker's output is a program. */
function makeExecutable(system: NativeSystem, command: readonly string[] | undefined): void {
  if (!command || !/^wasm-ld/.test(command[0] ?? "")) return;
  const output = command[command.indexOf("-o") + 1] ?? "a.out";
  const stat = system.stat(output);
  if (!(stat instanceof Failure)) system.setMode(output, stat.mode | (0o111 & ~system.umask));
}

function run(system: NativeSystem, binary: string, args: readonly string[], complain: (message: string) => void): number {
  const child = system.spawn({ path: binary, args, env: system.env });
  if (child instanceof Failure) { complain(`${args[0]}: ${child.message}`); return 126; }
  const ended = system.wait(child.pid);
  if (ended instanceof Failure || !ended) { complain(`${args[0]}: ${ended ? ended.message : "no status"}`); return 126; }
  if (ended.reason !== "") complain(`${args[0]}: ${ended.reason}`);
  return ended.status;
}

/** Run with both outputs into one file that nobody else sees. */
function capture(system: NativeSystem, binary: string, args: readonly string[]): { errors: string; status: number } | Failure {
  const output = system.memoryFile();
  if (output instanceof Failure) return output;
  const input = system.open("/dev/null", Open.Read);
  const fds = new Map([[1, output], [2, output], ...(input instanceof Failure ? [] : [[0, input] as [number, number]])]);
  try {
    const child = system.spawn({ path: binary, args, env: system.env, fds });
    if (child instanceof Failure) return child;
    const ended = system.wait(child.pid);
    if (ended instanceof Failure) return ended;
    system.seek(output, 0, 0);
    const data = readAll(system, output);
    if (data instanceof Failure) return data;
    return { errors: decode(data) + (ended?.reason ? `${ended.reason}\n` : ""), status: ended?.status ?? 1 };
  } finally {
    system.close(output);
    if (!(input instanceof Failure)) system.close(input);
  }
}

export const compileC = driver("clang");
export const compileCxx = driver("clang++");
