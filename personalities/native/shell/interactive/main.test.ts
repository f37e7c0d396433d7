import { beforeAll, describe, expect, test } from "vitest";
import type { Program } from "../../api/program.ts";
import { runProgram } from "../../api/program.ts";
import { allPrograms } from "../../testing/all-programs.ts";
import { MemorySystem, MemoryTerminal, MemoryWorld } from "../../testing/memory-system.ts";

let programs: Record<string, Program>;
beforeAll(async () => { programs = await allPrograms(); });

/** A session at a terminal; what it showed, without escape sequences. */
function session(input: readonly string[], prepare: (world: MemoryWorld) => void = () => {}): { status: number; screen: string; world: MemoryWorld } {
  const world = new MemoryWorld(programs);
  prepare(world);
  const terminal = new MemoryTerminal([...input]);
  const system = new MemorySystem(world, ["sh"], new Map([["PATH", "/usr/bin"], ["HOME", "/root"], ["PS1", "$ "]]));
  for (const fd of [0, 1, 2]) system.descriptors.place(fd, terminal);
  const status = runProgram(programs["sh"]!, system);
  return { status, screen: terminal.output.replace(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, ""), world };
}

describe("the interactive shell", () => {
  test("runs lines until ^D, and ends with the last status", () => {
    const { status, screen } = session(["echo one\r", "false\r", "\x04"]);
    expect(screen).toContain("\none\n");
    expect(status).toBe(1);
  });

  test("asks for more while a command is not complete", () => {
    const { screen } = session(["for i in 1 2\r", "do echo n$i\r", "done\r", "exit\r"]);
    expect(screen).toContain("> ");
    expect(screen).toContain("n1\nn2\n");
  });

  test("lives on after errors that would end a script", () => {
    const { screen, status } = session(["echo ${x?gone}\r", "if )\r", "break; nosuch\r", "echo still here\r", "exit 4\r"]);
    expect(screen).toContain("x: gone");
    expect(screen).toContain("Syntax error");
    expect(screen).toContain("nosuch: not found");
    expect(screen).toContain("\nstill here\n");
    expect(status).toBe(4);
  });

  test("completes commands, files and variables", () => {
    const { screen } = session(["ech\thi $HOM\t /et\tmo\t\r", "exit\r"], (world) => world.write("/etc/motd", "hello"));
    expect(screen).toContain("\nhi /root /etc/motd\n");
  });

  test("remembers lines between sessions", () => {
    const { world } = session(["echo kept\r", " echo secret\r", "exit\r"]);
    expect(world.read("/root/.sh_history")).toBe("echo kept\nexit\n");
  });

  test("tells of jobs that ended", () => {
    const { screen } = session(["true &\r", "jobs\r", "wait\r", "echo end\r", "exit\r"]);
    expect(screen).toMatch(/\[1\] \d+\n/);
    expect(screen).toContain("\nend\n");
  });

  test("restores the terminal's modes", () => {
    const world = new MemoryWorld(programs);
    const terminal = new MemoryTerminal(["stty -a\r", "exit\r"]);
    const system = new MemorySystem(world, ["sh"], new Map([["PATH", "/usr/bin"]]));
    for (const fd of [0, 1, 2]) system.descriptors.place(fd, terminal);
    const before = terminal.state.modes;
    runProgram(programs["sh"]!, system);
    expect(terminal.output).toContain("icanon echo isig");
    expect(terminal.state.modes).toBe(before);
  });
});
