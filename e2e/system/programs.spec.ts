// The main job: unmodified CPython and Clang, on files of the system, from a shell.

import { expect, test } from "../fixtures/system.ts";

test("CPython runs scripts, its library and files of the VFS", async ({ system }) => {
  expect(await system.run("python3 -c 'print(sum(range(101)))'")).toEqual({ output: "5050", status: 0 });
  await system.writeFile("/tmp/work.py", [
    "import json, os, re, sys, hashlib, collections",
    "os.makedirs('/tmp/out/deep', exist_ok=True)",
    "with open('/tmp/out/deep/data.json', 'w') as f: json.dump({'a': [1, 2.5, None], 'text': 'grüße'}, f)",
    "back = json.load(open('/tmp/out/deep/data.json'))",
    "print(back['text'], os.path.getsize('/tmp/out/deep/data.json'), sorted(os.listdir('/tmp/out')))",
    "print(hashlib.sha256(b'grail').hexdigest()[:16], re.sub('a+', 'b', 'caat'), collections.Counter('hello').most_common(1))",
    "print(sys.argv[1:], os.getcwd()); sys.exit(7)",
  ].join("\n"));
  const ran = await system.run("cd /tmp; python3 work.py one 'two words'; cd");
  expect(ran.output.split("\n")).toEqual(["grüße 48 ['deep']", expect.stringMatching(/^[0-9a-f]{16} cbt \[\('l', 2\)\]$/), "['one', 'two words'] /tmp"]);
  expect((await system.run("python3 -c 'import sys; sys.exit(7)'")).status).toBe(7);
  expect((await system.run("echo 'print(input()[::-1])' > /tmp/r.py; echo stressed | python3 /tmp/r.py | cat")).output).toBe("desserts");
});

test("CPython's REPL edits lines", async ({ system }) => {
  const { terminal } = system;
  terminal.type("python3\n");
  await terminal.until((screen) => screen.endsWith(">>> "));
  terminal.type("40 + 3\x7f2\n");
  await terminal.until((screen) => /\n42\n>>> $/.test(screen));
  terminal.type("\x04");
  await terminal.until((screen) => /\$ $/.test(screen));
});

test("Clang compiles and links a program, which runs", async ({ system }) => {
  await system.writeFile("/tmp/hello.c", '#include <stdio.h>\nint main(int c, char **v) { printf("hello, %s\\n", v[1]); return c; }\n');
  expect(await system.run("cd /tmp && cc hello.c -o hello && ./hello grail")).toEqual({ output: "hello, grail", status: 2 });
  await system.writeFile("/tmp/jump.c", '#include <setjmp.h>\njmp_buf b; static void f(int n) { if (!n) longjmp(b, 7); f(n - 1); } int main(void) { int r = setjmp(b); if (!r) f(9); return r; }\n');
  expect((await system.run("cc jump.c -o jump && ./jump")).status).toBe(7);
  await system.writeFile("/tmp/vector.cc", "#include <vector>\nint main() { std::vector<int> v; for (int i = 0; i < 9; i++) v.push_back(i); return v.at(8) + 1; }\n");
  expect((await system.run("c++ vector.cc -o vector && ./vector")).status).toBe(9);
  expect(await system.run("cc")).toEqual({ output: "cc: error: no input files", status: 1 });
  const bad = await system.run("echo 'int main( {' > bad.c; cc bad.c -o bad; echo status $?");
  expect(bad.output).toMatch(/bad\.c:1:\d+: error:[^]*status 1/);
});

test("programs that cannot run are told what is wrong", async ({ system }) => {
  expect((await system.run("head -c 1000 /usr/lib/llvm/bin/llvm > /tmp/cut; chmod +x /tmp/cut; /tmp/cut")).output).toMatch(/\/tmp\/cut.*cut short/);
  expect((await system.run("/tmp/cut")).status).toBe(126);
  expect((await system.run("no-such-program")).status).toBe(127);
  // Its writes fail from the second line on, which it ignores.
  await system.writeFile("/tmp/endless.c", '#include <stdio.h>\nint main(void) { for (;;) puts("y"); }\n');
  expect(await system.run("cd /tmp && cc endless.c -o endless && set -o pipefail && ./endless | head -1")).toEqual({ output: "y", status: 141 });
  await system.run("set +o pipefail");
  // (module (import "env" "foo" (func)) (memory (export "memory") 1) (func (export "_start")))
  await system.writeFile("/tmp/import.wasm", new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 11, 1, 3, 101, 110, 118, 3, 102, 111, 111, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 19, 2, 6, 109, 101, 109, 111, 114, 121, 2, 0, 6, 95, 115, 116, 97, 114, 116, 0, 1, 10, 4, 1, 2, 0, 11]));
  const missing = await system.run("chmod +x /tmp/import.wasm; /tmp/import.wasm");
  expect(missing.output).toMatch(/import/);
  expect(missing.status).toBe(126);
  await system.writeFile("/tmp/trap.c", "int main(void) { __builtin_trap(); }\n");
  const trap = await system.run("cd /tmp && cc trap.c -o trap && ./trap");
  expect(trap.output).toMatch(/unreachable/);
  expect(trap.status).toBe(134);
});
