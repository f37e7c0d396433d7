// The first thing to read: what this is, and a tour of five minutes. Each step has a button that types its command into the terminal
// or opens its pane.

import type { Command } from "../model/shortcuts.ts";
import type { PageContext } from "../services/page-context.ts";
import { element } from "./element.ts";
import type { Pane } from "./pane.ts";

interface Step { title: string; text: string; type?: string; run?: Command; button: string }

const STEPS: readonly Step[] = [
  { title: "Look around", text: "A shell waits on the left. Its programs are WebAssembly modules; each process is a protection domain in a Worker of its own.", type: "ls /bin | head -20", button: "Type ls" },
  { title: "See who works", text: "The System pane shows every domain in its layer, and each call as a dot. Make some: this copies a file through a pipe.", type: "cat /etc/* | wc -l", button: "Make calls" },
  { title: "Run real CPython", text: "Unmodified CPython on the Linux personality: its system calls become calls on the same servers. The first start fetches it.", run: "new-python", button: "Start Python" },
  { title: "Compile C", text: "Clang and its linker run here too, as two processes. Write a program, build it, run it.", type: "printf '#include <stdio.h>\\nint main(void){puts(\"hello from clang\");}\\n' > hello.c && cc hello.c -o hello && ./hello", button: "Build hello.c" },
  { title: "Move a server while it runs", text: "tmpfs can run in a Worker of its own, or inline in its callers' Workers: the same code, the same memory. Watch the picture and the speed change.", type: "place tmpfs worker; bench open; place tmpfs inline; bench open", button: "Move tmpfs" },
  { title: "Kill something", text: "Choose a box in the picture and press Kill. Whoever waits on it is told; the kernel loses nothing.", run: "show-picture", button: "Show the picture" },
  { title: "Share it", text: "A link can carry this session: files that you added, commands to run, the boot manifest. Whoever opens it gets RAM disks only.", run: "share", button: "Make a link" },
];

export function welcomePane(context: PageContext): Pane {
  const heading = element("h2", { tabindex: -1 }, "Welcome to GrailOS");
  const root = element("div", { class: "pane pane-welcome pane-scroll", role: "group", "aria-label": "Welcome", tabindex: 0 },
    heading,
    element("p", {}, "An operating system in this tab: a microkernel of WebAssembly that is mapped into every Worker, servers that it keeps apart, and personalities that run real programs on them. It is here to be looked into and to be broken."),
    element("h3", {}, "A tour of five minutes"),
    element("ol", { class: "tour" }, ...STEPS.map((step) => element("li", {},
      element("h4", {}, step.title), element("p", {}, step.text),
      step.type !== undefined && element("code", { class: "tour-command" }, step.type),
      element("button", { type: "button", class: "button", onclick: () => act(step) }, step.button)))),
    element("p", { class: "muted" }, "Drop files anywhere to add them to the system. Alt+H shows all keys."));

  function act({ type, run }: Step): void {
    if (run) context.run(run);
    if (type !== undefined) {
      const terminal = Math.min(...context.terminals.open, Infinity);
      if (Number.isFinite(terminal)) context.terminals.type(terminal, type);
      else context.announcer.warn("There is no terminal open. Alt+T opens one.");
    }
  }

  return { element: root, focus: () => heading.focus(), dispose: () => {} };
}
