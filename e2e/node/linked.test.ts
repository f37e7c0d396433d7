// The whole system with the VFS and tmpfs linked into one domain by its manifest: programs run as on any other, the group is moved as a whole
// while they do, and what is said about it makes sense.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build } from "../../tools/build/main.ts";
import { NodeSystem } from "./node-system.ts";

const LINKED = readFileSync("servers/init/boot.yaml", "utf8").replace("- name: tmpfs\n    placement: inline", "- name: tmpfs\n    placement: linked\n    with: vfs");

let system: NodeSystem;
beforeAll(async () => {
  expect(await build(["wasm", "images"])).toBe(true);
  system = await NodeSystem.boot(LINKED);
  await system.prompt();
}, 240_000);
afterAll(() => system?.stop());

describe("a system whose manifest links servers", () => {
  test("runs programs on their files", async () => {
    expect(await system.run("mkdir -p /tmp/a/b && cd /tmp/a && echo one > b/x && ln -s b/x y && cat y && mv b/x b/z && ls b; cat y; cat b/z /etc/hostname; cd")).toEqual({ output: "one\nz\ncat: y: No such file or directory\none\ngrail", status: 0 });
    expect((await system.run("df / | tail -1")).output).toMatch(/^tmpfs/);
  });

  test("names its domain after all of them, and moves it only as a whole", async () => {
    expect((await system.run("servers")).output).toMatch(/ vfs\+tmpfs +inline +yes /);
    expect((await system.run("place tmpfs")).output).toBe("tmpfs is placed linked, in vfs+tmpfs, which is placed inline");
    for (const name of ["tmpfs", "vfs"]) {
      const { output, status } = await system.run(`place ${name} worker`);
      expect(status).not.toBe(0);
      expect(output).toContain(`${name} is linked into vfs+tmpfs and cannot be placed alone: not supported`);
    }
    expect((await system.run("place vfs+tmpfs worker")).output).toBe("vfs+tmpfs: inline -> worker");
    expect((await system.run("echo moved > /tmp/m && cat /tmp/m")).output).toBe("moved");
    expect((await system.run("place vfs+tmpfs inline")).output).toBe("vfs+tmpfs: worker -> inline");
  });

  test("loses no call while the group is moved", async () => {
    const { inspector } = system.machine, number = inspector.domains().find(({ name }) => name === "vfs+tmpfs")!.domain;
    const running = system.run('i=0; while [ $i -lt 150 ]; do echo $i > /tmp/c$i && mv /tmp/c$i /tmp/d && [ "$(cat /tmp/d)" = $i ] || echo lost $i; i=$((i+1)); done; echo all there');
    let over = false, moves = 0;
    void running.finally(() => { over = true; });
    for (; !over; moves++) {
      system.machine.place(number, moves % 2 ? "inline" : "worker");
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await running).toEqual({ output: "all there", status: 0 });
    expect(moves).toBeGreaterThan(10);
    system.machine.place(number, "inline");
  });

  test("loses all members with one, and nothing else", async () => {
    const { inspector } = system.machine, number = inspector.domains().find(({ name }) => name === "vfs+tmpfs")!.domain;
    system.machine.kill(number);
    await expect.poll(() => system.log.filter((line) => /server (vfs|tmpfs) is gone: it was killed/.test(line)).length).toBe(2);
    expect(await system.run("cd /tmp || echo gone")).toMatchObject({ output: expect.stringMatching(/gone$/), status: 0 });
    expect((await system.run("echo alive")).output).toBe("alive");
    expect(system.deaths.map(({ name }) => name)).toContain("vfs+tmpfs");
  });
});
