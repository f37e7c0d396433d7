// The shell and the utilities on the real servers.

import { expect, test } from "../fixtures/system.ts";

test("pipelines, redirection, lists, variables, globs and status", async ({ system }) => {
  const lines: readonly (readonly [line: string, output: string, status?: number])[] = [
    ["printf 'b\\na\\nc\\n' | sort | head -2 | tr a-z A-Z", "A\nB"],
    ["mkdir -p /tmp/g && cd /tmp/g && touch one two three && echo t* && ls | wc -l && cd && rm -r /tmp/g", "three two\n3"],
    ["x='two words'; echo \"$x\" $x; (exit 3) || echo failed $?", "two words two words\nfailed 3"],
    ["echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; { echo c; echo d; } > /tmp/f; cat /tmp/f; rm /tmp/f", "a\nb\nc\nd"],
    ["for i in 1 2 3; do echo $((i * i)); done | paste -s -d+", "1+4+9"],
    ["false; echo $?; true && ! false; echo $?", "1\n0"],
    ["ls /nowhere", "ls: cannot access '/nowhere': No such file or directory", 2],
  ];
  const runAll = async (): Promise<void> => {
    for (const [line, output, status = 0] of lines) expect(await system.run(line), line).toEqual({ output, status });
  };
  await runAll();
  // The web file system keeps what was fetched: what a second round leaves is a leak.
  const before = await system.counts();
  await runAll();
  await system.settle(before);
});

test("interrupt, stop and background jobs", async ({ system }) => {
  const { terminal } = system;
  terminal.type("sleep 1000\n");
  await system.domain("sleep").catch(() => undefined);
  await expect.poll(async () => (await system.snapshot()).domains.some((domain) => domain.name.startsWith("sleep("))).toBe(true);
  terminal.type("\x03");
  terminal.type("echo status=$?\n");
  await terminal.until((screen) => screen.includes("status=130"));
  await terminal.prompt();
  const jobs = await system.run("sleep 500 & sleep 600 & jobs; kill %1 %2; wait; echo done");
  expect(jobs.output).toMatch(/sleep 500[^]*sleep 600[^]*done/);
});
