// A value that others watch. `subscribe` calls at once with the present value and answers the way to stop.

export class Observable<T> {
  #value: T;
  #listeners = new Set<(value: T) => void>();

  constructor(value: T) { this.#value = value; }

  get value(): T { return this.#value; }

  set value(value: T) {
    this.#value = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#value);
    return () => { this.#listeners.delete(listener); };
  }
}
