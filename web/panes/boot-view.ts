// What is shown until the first prompt: the layers lighting up from the machine to the shell, a sentence, a bar. If the boot fails,
// or the browser lacks something, it stays and says what and what to do.
//
// Every frame that it makes the browser draw costs the boot some milliseconds of the processors it needs: so it stands still in a quick boot, moves in a
// few steps in others, and glides only in one that takes long.

import { bootFailed, bootStart, bootStep, type BootProgress } from "../model/boot-progress.ts";
import type { Lack } from "../model/browser-needs.ts";
import type { MachineEvent } from "../model/machine-api.ts";
import { element, setAttribute, setText } from "./element.ts";

/** Milliseconds before the first step, between two, and from which on a boot takes long. */
const QUIET = 500, STEP = 240, LONG = 1200;

/** From top to bottom, and the fraction of the boot at which each is lit. */
const LAYERS: readonly [string, number][] = [["Shell", 1], ["Personalities", 0.8], ["Servers", 0.4], ["Kernel", 0.2], ["Machine", 0]];

export class BootView {
  #root = document.getElementById("boot")!;
  #text = document.getElementById("boot-text")!;
  #bar = document.getElementById("boot-bar")!;
  #more = document.getElementById("boot-more")!;
  #rows = LAYERS.map(([name, from]) => ({ from, row: element("li", {}, name) }));
  #progress: BootProgress = bootStart;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #began = performance.now();

  constructor() {
    document.getElementById("boot-layers")!.replaceChildren(...this.#rows.map(({ row }) => row));
    this.#draw();
    setTimeout(() => setAttribute(this.#root, "data-long", ""), LONG);
  }

  event(event: MachineEvent): void {
    this.#progress = bootStep(this.#progress, event);
    this.#timer ??= setTimeout(() => this.#draw(), Math.max(STEP, this.#began + QUIET - performance.now()));
  }

  ready(): void {
    clearTimeout(this.#timer);
    this.#root.remove();
  }

  /** `log`: what the system said last. */
  failed(reason: string, log: readonly string[], ...actions: { label: string; act: () => void }[]): void {
    this.#progress = bootFailed(this.#progress, reason);
    this.#draw();
    this.#text.setAttribute("role", "alert");
    this.#more.replaceChildren(element("p", { class: "boot-actions" }, ...actions.map(({ label, act }) => element("button", { type: "button", class: "button", onclick: act }, label))),
      log.length ? element("details", { class: "boot-log" }, element("summary", {}, "What the system said last"), element("pre", { tabindex: 0 }, log.join("\n"))) : "");
    if (this.#root.isConnected) return;
    document.getElementById("dock")!.append(this.#root);
  }

  lacking(lacks: readonly Lack[]): void {
    this.failed(lacks.length === 1 ? "This browser lacks one thing that GrailOS needs." : `This browser lacks ${lacks.length} things that GrailOS needs.`, []);
    this.#more.append(element("ul", { class: "boot-lacks" }, ...lacks.map(({ name, why, remedy }) =>
      element("li", {}, element("strong", {}, name), element("p", {}, why), element("p", {}, remedy)))));
  }

  say(text: string): void { setText(this.#text, text); }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { phase, fraction, detail } = this.#progress;
    setText(this.#text, detail);
    setAttribute(this.#root, "data-phase", phase);
    setAttribute(this.#bar, "aria-valuenow", Math.round(fraction * 100));
    setAttribute(this.#bar, "aria-valuetext", detail);
    this.#bar.style.width = `${fraction * 100}%`;
    for (const { from, row } of this.#rows) row.classList.toggle("lit", phase === "booting" && fraction >= from);
  }
}
