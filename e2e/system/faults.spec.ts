// Servers and programs are killed and moved while others work; the rest goes on, and nothing leaks.

import { expect, test } from "../fixtures/system.ts";

test("a server is moved while a program uses it, and no call is lost", async ({ system }) => {
  await system.writeFile("/tmp/churn.py", [
    "import os",
    "for i in range(300):",
    "    name = '/tmp/churn-%d' % i",
    "    with open(name, 'w') as f: f.write('x' * i)",
    "    assert os.stat(name).st_size == i and open(name).read() == 'x' * i",
    "    os.rename(name, name + '.moved'); os.unlink(name + '.moved')",
    "print('all there')",
  ].join("\n"));
  const running = system.run("python3 /tmp/churn.py");
  let over = false;
  void running.finally(() => { over = true; });
  let moves = 0;
  for (; !over; moves++) for (const server of ["vfs", "tmpfs"]) await system.place(server, moves % 2 ? "inline" : "worker");
  expect(await running).toEqual({ output: "all there", status: 0 });
  expect(moves).toBeGreaterThan(2);
  for (const server of ["vfs", "tmpfs"]) await system.place(server, "inline");
});

test("a program in an endless loop is killed, and its Worker serves again", async ({ system }) => {
  await system.run("python3 -c 1");
  const before = await system.counts();
  const running = system.run("python3 -c 'while True: pass'");
  await expect.poll(async () => (await system.snapshot()).domains.some((domain) => domain.name.startsWith("python3("))).toBe(true);
  await system.kill("python3");
  expect((await running).status).toBe(137);
  await system.settle(before);
  expect((await system.run("echo alive")).output).toBe("alive");
});

test("when the pipe server dies, pipelines end and the shell lives", async ({ system }) => {
  const running = system.run("yes | cat > /dev/null");
  await expect.poll(async () => (await system.snapshot()).domains.some((domain) => domain.name.startsWith("cat("))).toBe(true);
  await system.kill("pipe");
  expect((await running).status).not.toBe(0);
  expect((await system.run("echo alive")).output).toBe("alive");
});

test("a program that recurses without end, or allocates without end, hurts only itself", async ({ system }) => {
  await system.writeFile("/tmp/deep.c", "int f(int n) { volatile char room[512]; room[0] = n; return f(n + 1) + room[0]; }\nint main(void) { return f(0); }\n");
  await system.run("python3 -c 1");
  const deep = await system.run("cd /tmp && cc -O1 deep.c -o deep && ./deep");
  expect(deep.status).toBeGreaterThan(128);
  const before = await system.counts();
  expect((await system.run("/tmp/deep")).status).toBe(deep.status);
  expect((await system.run("python3 -c 'a = []\nwhile True: a.append(bytearray(1 << 26))'")).output).toMatch(/MemoryError/);
  await system.settle(before);
});
