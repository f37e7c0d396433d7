// Says things to a screen reader through live regions that stand in index.html. Short sentences; not more than a person can hear.

export class Announcer {
  #polite = document.getElementById("live-polite")!;
  #assertive = document.getElementById("live-assertive")!;

  say(text: string): void { this.#put(this.#polite, text); }
  /** Interrupts what is being read: for failures. */
  warn(text: string): void { this.#put(this.#assertive, text); }

  #put(region: HTMLElement, text: string): void {
    // The same text twice is only read if the region changed in between.
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  }
}
