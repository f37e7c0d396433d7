// A server on the placement board. It can be dragged to another column with a pointer, sent there with the arrow keys while it has the keyboard, or by its
// button.

import { formatCount } from "../model/format.ts";
import type { Placement } from "../model/machine-api.ts";
import { sparkPoints, type BoardCard } from "../model/placement-board.ts";
import { element, setAttribute, setText, svg } from "./element.ts";

export interface CardColumn { readonly placement: Placement; readonly title: string; readonly element: HTMLElement }

const WIDTH = 200, HEIGHT = 30;
/** Pixels that a pointer moves before a press is a drag. */
const SLOP = 5;

export class PlacementCard {
  readonly element: HTMLElement;
  dragged = false;
  readonly #columns: readonly CardColumn[];
  readonly #move: (card: BoardCard, placement: Placement) => void;
  readonly #name = element("span", { class: "card-name" });
  readonly #rate = element("span", { class: "card-rate" });
  readonly #line = svg("polyline", { points: "" });
  readonly #button: HTMLButtonElement;
  #card: BoardCard | undefined;

  constructor(columns: readonly CardColumn[], move: (card: BoardCard, placement: Placement) => void) {
    this.#columns = columns;
    this.#move = move;
    this.#button = element("button", { type: "button", class: "button", onclick: () => this.#send(this.#other()) });
    const spark = svg("svg", { class: "card-spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, this.#line);
    this.element = element("li", { class: "card", onkeydown: (event: KeyboardEvent) => this.#key(event), onpointerdown: (event: PointerEvent) => this.#press(event) },
      element("div", { class: "card-head" }, this.#name, this.#rate), spark as unknown as HTMLElement, this.#button);
  }

  show(card: BoardCard, top: number): void {
    this.#card = card;
    setText(this.#name, card.name);
    setText(this.#rate, `answers ${formatCount(card.answered)}/s · makes ${formatCount(card.made)}/s`);
    setAttribute(this.#line, "points", sparkPoints(card.history, top, WIDTH, HEIGHT));
    const other = this.#other(), right = this.#index(other) > this.#index(card.placement);
    setText(this.#button, right ? "Inline →" : "← Own Worker");
    setAttribute(this.#button, "aria-label", `Move ${card.name} to the column ${this.#columns[this.#index(other)]?.title ?? other}`);
  }

  /** Into another column; the keyboard stays on it. */
  moveTo(list: HTMLElement): void {
    const had = this.element.contains(document.activeElement);
    list.append(this.element);
    if (had) this.#button.focus();
  }

  #index(placement: Placement): number { return this.#columns.findIndex((column) => column.placement === placement); }
  #other(): Placement { return this.#card?.placement === "worker" ? "inline" : "worker"; }
  #send(placement: Placement): void { if (this.#card) this.#move(this.#card, placement); }

  #key(event: KeyboardEvent): void {
    if (!this.#card || event.altKey || event.ctrlKey || event.metaKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    const target = this.#columns[this.#index(this.#card.placement) + (event.key === "ArrowLeft" ? -1 : 1)];
    event.preventDefault();
    if (target) this.#send(target.placement);
  }

  #press(down: PointerEvent): void {
    if (down.button !== 0 || (down.target as Element).closest("button")) return;
    const card = this.element, { clientX, clientY, pointerId } = down, ended = new AbortController();
    let over: CardColumn | undefined;
    const mark = (column: CardColumn | undefined): void => {
      over = column;
      for (const each of this.#columns) each.element.toggleAttribute("data-target", this.dragged && each === column && each.placement !== this.#card?.placement);
    };
    const move = (event: PointerEvent): void => {
      const x = event.clientX - clientX, y = event.clientY - clientY;
      if (!this.dragged && Math.hypot(x, y) < SLOP) return;
      this.dragged = true;
      card.classList.add("card-dragged");
      card.style.transform = `translate(${x}px, ${y}px)`;
      mark(this.#columns.find(({ element: column }) => { const box = column.getBoundingClientRect(); return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom; }));
    };
    const end = (dropped: boolean): void => {
      ended.abort();
      const target = this.dragged && dropped ? over : undefined;
      this.dragged = false;
      card.classList.remove("card-dragged");
      card.style.transform = "";
      mark(undefined);
      if (target) this.#send(target.placement);
    };
    card.setPointerCapture(pointerId);
    card.addEventListener("pointermove", move, { signal: ended.signal });
    card.addEventListener("pointerup", () => end(true), { signal: ended.signal });
    card.addEventListener("pointercancel", () => end(false), { signal: ended.signal });
    addEventListener("keydown", (event) => { if (event.key === "Escape") end(false); }, { signal: ended.signal });
  }
}
