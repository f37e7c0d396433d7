// The whole system for a benchmark: hosted in the benchmark's own Worker, with a shell that is typed into.

import type { ShellSystem } from "../../bench/context.ts";
import type { MachineHost } from "../../kernel-wasm/machine/machine-host.ts";
import type { TerminalInput, TerminalOutput } from "../model/machine-api.ts";
import { MachineService } from "../services/machine-service.ts";

const PATIENCE = 120_000;

export async function runningSystem(host: MachineHost, say: (text: string) => void, storage = false): Promise<ShellSystem> {
  const service = new MachineService(host), { port1, port2 } = new MessageChannel();
  const encoder = new TextEncoder(), decoder = new TextDecoder();
  const send = (message: TerminalInput): void => port1.postMessage(message);
  let screen = "", look = (): void => undefined;
  port1.onmessage = (event: MessageEvent<TerminalOutput>) => {
    const message = event.data;
    if (message.kind !== "output") return;
    screen += decoder.decode(message.data, { stream: true });
    send({ kind: "consumed", bytes: message.data.length });
    look();
  };
  await service.onEvent((event) => { if (event.kind === "log") say(`${event.name}: ${event.text}`); });
  await service.openTerminal(0, port2);
  await service.boot({ session: storage ? "own" : "link" });
  send({ kind: "resize", columns: 500, rows: 50 });

  let serial = 0;
  const run = async (command: string): Promise<string> => {
    // The quotes keep the typed line from looking like what the shell prints.
    const mark = `@${++serial}`;
    screen = "";
    const ended = new RegExp(`begin${mark}\\r?\\n([\\s\\S]*)end${mark} (\\d+)\\r?\\n`);
    const found = new Promise<RegExpExecArray>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${command}: no end in ${PATIENCE} ms: ${screen.slice(-300)}`)), PATIENCE);
      look = () => { const match = ended.exec(screen); if (match) { clearTimeout(timer); resolve(match); } };
    });
    send({ kind: "input", data: encoder.encode(`echo be""gin${mark}; ${command}; echo en""d${mark} $?\r`) });
    const [, output, status] = await found;
    look = () => undefined;
    if (status !== "0") throw new Error(`${command}: status ${status}: ${output}`);
    return output!;
  };
  return {
    async program(path, data) { await service.writeFile(path, data); await run(`chmod 755 ${path}`); },
    text: (path, text) => service.writeFile(path, encoder.encode(text)),
    run,
    workers: async () => (await service.snapshot()).machine.workers + 1,
    stop: () => service.stop(),
  };
}
