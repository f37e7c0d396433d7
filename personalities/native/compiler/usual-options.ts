// What the compiler driver adds to a command line, so that ordinary C and C++ work on the platform: setjmp and longjmp, and C++ against a standard
// library that was built without exceptions. What the command line itself says comes later and wins.

const exceptions = /^-f(no-|cxx-|wasm-|sjlj-|seh-|dwarf-)?(cxx-)?exceptions$/;

/** Options before those of the command line. */
export function usual(args: readonly string[]): string[] {
  return [
    "--start-no-unused-arguments",
    // The headers would throw out of line where libc++ has nothing to throw with: not even a vector could be linked.
    ...(args.some((one) => exceptions.test(one)) ? [] : ["-fno-exceptions"]),
    // Does nothing to code that does not call setjmp or longjmp.
    "-mllvm", "-wasm-enable-sjlj",
    "--end-no-unused-arguments",
  ];
}

/** A link command with what goes with libc. */
export function libraries(command: string[]): string[] {
  const at = /^wasm-ld/.test(command[0] ?? "") ? command.indexOf("-lc") : -1;
  return at < 0 ? command : [...command.slice(0, at), "-lsetjmp", ...command.slice(at)];
}
