// Starts the page: checks the browser, opens what the link carries, starts the machine, and puts the panes around it. Only wires; each
// step is told in its own file.

import { lacks } from "../model/browser-needs.ts";
import type { BootOptions, MachineEvent } from "../model/machine-api.ts";
import type { Decoded } from "../model/share-link.ts";
import { BootView } from "../panes/boot-view.ts";
import { showNotice } from "../panes/notices.ts";
import { forgetReload, keepForOffline, reloadIsolated } from "../services/offline.ts";
import { SystemLog } from "../services/system-log.ts";
import type { Page } from "./open-page.ts";
import { detectBrowser } from "./detect-browser.ts";
import { plainAddress } from "./plain-address.ts";
import { readLink } from "./read-link.ts";
import { dropEarlyMachine, startMachine } from "./start-machine.ts";

const view = new BootView();
const log = new SystemLog();

async function main(): Promise<void> {
  const capabilities = detectBrowser();
  const fake = new URL(location.href).searchParams.has("fake");
  if (!capabilities.isolation && !fake) {
    view.say("Asking the browser for an isolated page");
    await reloadIsolated();
  }
  const missing = lacks(capabilities);
  if (missing.length > 0 && !fake) { dropEarlyMachine(); view.lacking(missing); return; }

  const link = await readLink(location.hash);
  const session: BootOptions = link.kind === "session" ? { ...link.session, session: "link" } : { session: "own" };
  // The boot waits for nothing of the page, and of the page only the first terminal is made while it runs.
  const terminalPart = import("./open-first-terminal.ts");
  const { machine, fake: made } = await startMachine(new URL(location.href), fail);
  const terminal = new MessageChannel();
  let page: Page | undefined;
  const early = [
    machine.onEvent((event: MachineEvent) => { view.event(event); log.take(event); page?.event(event); }),
    machine.openTerminal(0, terminal.port2),
  ];
  const booted = machine.boot(session);
  // Their failure is told below, and must not count as unhandled until then.
  for (const promise of [...early, booted]) promise.catch(() => {});
  const first = await (await terminalPart).openFirstTerminal(machine, terminal.port1, session.session);
  tellOfLink(link);
  await Promise.all(early);
  const { promptTime } = await booted;
  view.ready();
  first.pane.focus();
  // For scenarios (e2e/fixtures/system.ts) and for the curious at the browser's console.
  Object.assign(globalThis, { grailos: machine });
  performance.mark("prompt");
  document.documentElement.dataset["state"] = "ready";
  first.announcer.say("GrailOS is ready.");
  const { openPage } = await import("./open-page.ts");
  page = openPage({ machine, fake: made, first, log, shared: link.kind === "session" ? link.session : undefined, promptTime });
  // What comes first is the person's first command.
  forgetReload();
  if (session.session === "own") setTimeout(() => void keepForOffline(), 1500);
}

function fail(text: string): void {
  document.documentElement.dataset["state"] = "failed";
  const plain = location.hash !== "" ? [{ label: "Start without the link", act: () => location.replace(plainAddress()) }] : [];
  view.failed(`The system could not start: ${text}`, log.lines.slice(-14).map(({ source, text: said }) => `${source}: ${said}`), ...plain, { label: "Try again", act: () => location.reload() });
}

function tellOfLink(link: Decoded): void {
  if (link.kind === "bad") {
    showNotice("warning", `The link could not be opened: ${link.reason}. This is a plain session instead.`);
    // A reload must not show the same message again.
    history.replaceState(null, "", plainAddress());
  } else if (link.kind === "session") {
    const { files, commands, manifest } = link.session;
    const parts = [files.length ? `${files.length} ${files.length === 1 ? "file" : "files"}` : "", commands.length ? `${commands.length} ${commands.length === 1 ? "command" : "commands"}` : "", manifest === undefined ? "" : "a boot manifest"].filter(Boolean);
    showNotice("info", `This session comes from a link${parts.length ? ` that carries ${parts.join(", ")}` : ""}. Nothing stored in this browser is read or changed.`,
      { label: "Leave it for a plain session", act: () => location.assign(plainAddress()) });
  }
}

addEventListener("hashchange", () => void readLink(location.hash).then(({ kind }) => { if (kind === "session") location.reload(); }));
main().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
