// Names as Unix has them: bytes, whatever they are, up to any depth; through the shell, its tools and the file systems.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

const built = existsSync("build/wasm/ext2.wasm") && existsSync("build/images");
let system: NodeSystem;
const run = async (line: string): Promise<string> => {
  const { output, status } = await system.run(line);
  expect(status, `${line}: ${output}`).toBe(0);
  return output;
};

describe.skipIf(!built)("names", () => {
  beforeAll(async () => {
    system = await NodeSystem.boot();
    await system.prompt();
    await run("disk create ram:names 16M && mkfs.ext2 -q ram:names && mkdir /mnt && mount ram:names /mnt");
  }, 180_000);
  afterAll(async () => { await system?.stop(); });

  // As an old disk has them, or a program that does not mind.
  test.each(["/tmp", "/mnt"])("that are no UTF-8 are listed, found, copied and removed in %s", async (place) => {
    await run(`mkdir ${place}/n && cd ${place}/n && mkdir d$'\\xe4' && echo one > d$'\\344'/f$'\\xfc' && ln -s d$'\\xe4' l$'\\xf6' && echo two > gr$'\\303\\274'n`);
    expect(await run("ls | od -An -tx1 | tr -d ' \\n'")).toBe("64e40a6772c3bc6e0a6cf60a");
    expect(await run("cat l*/f*; cat d?/*; cat grün")).toBe("one\none\ntwo");
    expect(await run("for p in 3 2; do mount -o remount,protocol=$p $(df . | tail -1 | sed 's/.* //'); cat l*/f?; done")).toBe("one\none");
    expect(await run("x=$(echo d*); (cd $x; pwd; ls) | od -An -tx1 | tr -d ' \\n'")).toMatch(/6e2f64e40a66fc0a$/);
    await run("cp -a d* copy && diff -r d* copy && mv l* m$'\\xff' && tar cf ../n.tar . && mkdir ../x && tar xf ../n.tar -C ../x && diff -r . ../x");
    // What goes through a pipe is matched by what stands in an argument, and written as it was read.
    expect(await run("ls | grep $'\\xff' | od -An -tx1 | tr -d ' \\n'")).toBe("6dff0a");
    expect(await run("ls copy | sed s/f/$'\\xff'→/ | od -An -tx1 | tr -d ' \\n'")).toBe("ffe28692fc0a");
    expect(await run("touch $'\\xef\\xbb\\xbf'b; ls $(ls | grep b) | xargs rm; ls | grep -c b || true")).toBe("0");
    expect(await run("find . -print0 | xargs -0 ls -d | wc -l")).toBe("7");
    expect(await run("cd ..; rm -r n x n.tar; ls | grep -v lost+found | wc -l; cd")).toBe("0");
  });

  test.each(["/tmp", "/mnt"])("of 4096 bytes and more are no bound for the tools in %s", async (place) => {
    await run(`cd ${place} && mkdir deep && cd deep && for i in $(seq 40); do mkdir $(printf %0120d $i) && cd $(printf %0120d $i) || break; done; echo bottom > file; pwd | wc -c > /tmp/length`);
    expect(Number(await run("cat /tmp/length"))).toBeGreaterThan(4800);
    expect(await run(`cd ${place}; find deep | wc -l; cp -a deep copy && diff -r deep copy && mv copy moved && cat $(find moved -name file)`)).toBe("42\nbottom");
    expect(await run("rm -rf deep moved; ls | grep -v lost+found | wc -l; cd")).toBe(place === "/tmp" ? "1" : "0");
  });

  test("pwd in a directory that was removed says where it was", async () => {
    expect(await run("mkdir /tmp/gone; cd /tmp/gone; rmdir /tmp/gone; pwd; cd ..; pwd; cd")).toBe("/tmp/gone\n/tmp");
  });
});
