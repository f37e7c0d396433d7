// The page's side of terminals: which there are, their ports, and how to type into them. A terminal lives as long as its pane;
// its number is the one of /dev/tty in the system. Bytes are counted back to the machine when they are drawn (flow control).

import type { MachineApi, TerminalInput, TerminalOutput } from "../model/machine-api.ts";

export interface TerminalScreen {
  /** Must call `drawn` once the bytes are on the screen. */
  write(data: Uint8Array, drawn: () => void): void;
  exited(status: number): void;
}

export class Terminals {
  #machine: MachineApi;
  #ports = new Map<number, MessagePort>();
  #exited = new Set<number>();
  /** Ports of terminals that were opened before there was a pane for them. */
  #prepared: Map<number, MessagePort>;

  constructor(machine: MachineApi, prepared: Map<number, MessagePort> = new Map()) {
    this.#machine = machine;
    this.#prepared = prepared;
  }

  get open(): number[] { return [...this.#ports.keys()]; }

  async attach(terminal: number, screen: TerminalScreen, profile?: string): Promise<void> {
    const prepared = this.#prepared.get(terminal);
    this.#prepared.delete(terminal);
    const { port1, port2 } = prepared ? { port1: prepared, port2: undefined } : new MessageChannel();
    this.#ports.set(terminal, port1);
    port1.onmessage = ({ data: message }: MessageEvent<TerminalOutput>) => {
      if (message.kind === "output") {
        const bytes = message.data.length;
        screen.write(message.data, () => this.#post(terminal, { kind: "consumed", bytes }));
      } else {
        this.#exited.add(terminal);
        screen.exited(message.status);
      }
    };
    if (port2) await this.#machine.openTerminal(terminal, port2, profile);
  }

  /** Keys, or text to type. */
  input(terminal: number, data: Uint8Array): void { this.#post(terminal, { kind: "input", data }); }

  /** Types a line as a person would, Enter included. */
  type(terminal: number, line: string): void { this.input(terminal, new TextEncoder().encode(`${line}\r`)); }

  resize(terminal: number, columns: number, rows: number): void { this.#post(terminal, { kind: "resize", columns, rows }); }

  hasExited(terminal: number): boolean { return this.#exited.has(terminal); }

  async restart(terminal: number, profile?: string): Promise<void> {
    this.#exited.delete(terminal);
    await this.#machine.newShell(terminal, profile);
  }

  close(terminal: number): void {
    const port = this.#ports.get(terminal);
    if (!port) return;
    this.#ports.delete(terminal);
    this.#exited.delete(terminal);
    // The port is closed by the machine, after the hang-up: closing it here could drop what is on its way.
    void this.#machine.closeTerminal(terminal).catch(() => {}).finally(() => port.close());
  }

  #post(terminal: number, message: TerminalInput): void { this.#ports.get(terminal)?.postMessage(message); }
}
