// Shell variables, with their attributes.

export interface Variable { value: string | undefined; exported: boolean; readonly: boolean }

export class Variables {
  private readonly table = new Map<string, Variable>();

  static from(rows: [string, Variable][]): Variables {
    const all = new Variables();
    for (const [name, variable] of rows) all.table.set(name, { ...variable });
    return all;
  }

  rows(): [string, Variable][] { return [...this.table].map(([name, variable]) => [name, { ...variable }]); }

  get(name: string): string | undefined { return this.table.get(name)?.value; }

  entry(name: string): Variable | undefined { return this.table.get(name); }

  /** False if it is read-only. */
  set(name: string, value: string, exported = false): boolean {
    const old = this.table.get(name);
    if (old?.readonly) return false;
    if (old) { old.value = value; old.exported ||= exported; }
    else this.table.set(name, { value, exported, readonly: false });
    return true;
  }

  mark(name: string, attribute: "exported" | "readonly", on = true): void {
    const old = this.table.get(name);
    if (old) old[attribute] = on;
    else this.table.set(name, { value: undefined, exported: false, readonly: false, [attribute]: on });
  }

  /** False if it is read-only. */
  unset(name: string): boolean {
    if (this.table.get(name)?.readonly) return false;
    this.table.delete(name);
    return true;
  }

  /** Put a variable back to what `entry` said (copied) before. */
  restore(name: string, old: Variable | undefined): void {
    if (old) this.table.set(name, old);
    else this.table.delete(name);
  }

  exported(): Map<string, string> {
    return new Map([...this.table].filter(([, one]) => one.exported && one.value !== undefined).map(([name, one]) => [name, one.value!]));
  }

  names(): string[] { return [...this.table.keys()].sort(); }
}
