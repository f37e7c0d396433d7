import { describe, expect, test } from "vitest";
import { parseCommands, unquote } from "./commands.ts";
import { libraries, usual } from "./usual-options.ts";

const head = "clang version 22.1.0 (somewhere)\nTarget: wasm32-unknown-wasip1\nThread model: posix\nInstalledDir: /usr/lib/llvm/bin\nBuild config: +assertions\n";

describe("what clang -### prints", () => {
  test("gives the commands in order, by the names of their tools", () => {
    const plan = parseCommands(`${head} (in-process)\n "/usr/lib/llvm/bin/llvm" "clang" "-cc1" "-o" "/tmp/a.o" "a.c"\n "/usr/bin/wasm-ld" "-o" "a.out" "/tmp/a.o"\n`);
    expect(plan.messages).toEqual([]);
    expect(plan.commands.at(-1)).toEqual(["wasm-ld", "-o", "a.out", "/tmp/a.o"]);
    expect(plan.commands[0]).toContain("-cc1");
  });

  test("quotes in words are undone", () => expect(unquote(' "a b" "c\\"d" "e\\\\f" "\\$x" plain ""')).toEqual(["a b", 'c"d', "e\\f", "$x", "plain", ""]));

  test("warnings and errors are told apart from commands", () => {
    const plan = parseCommands(`${head}clang: error: no such file or directory: 'x.c'\nclang: error: no input files\n`);
    expect(plan.commands).toEqual([]);
    expect(plan.messages).toEqual(["clang: error: no such file or directory: 'x.c'", "clang: error: no input files"]);
  });
});

describe("what the driver adds", () => {
  test("C++ without exceptions, unless the command line speaks of them", () => {
    expect(usual(["a.cc"])).toContain("-fno-exceptions");
    for (const said of ["-fexceptions", "-fno-exceptions", "-fwasm-exceptions", "-fcxx-exceptions", "-fno-cxx-exceptions"]) expect(usual([said, "a.cc"])).not.toContain("-fno-exceptions");
  });

  test("setjmp's library to links that have libc's", () => {
    expect(libraries(["wasm-ld", "a.o", "-lc", "b.a"])).toEqual(["wasm-ld", "a.o", "-lsetjmp", "-lc", "b.a"]);
    expect(libraries(["wasm-ld", "a.o"])).toEqual(["wasm-ld", "a.o"]);
    expect(libraries(["clang", "-cc1", "-lc"])).toEqual(["clang", "-cc1", "-lc"]);
  });
});
