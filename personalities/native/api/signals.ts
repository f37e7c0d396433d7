// Signals by name and number (Linux's numbers, as in the `process` interface). Names are without SIG.

export const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1, INT: 2, QUIT: 3, ILL: 4, ABRT: 6, KILL: 9, SEGV: 11, PIPE: 13, ALRM: 14, TERM: 15, CHLD: 17, CONT: 18, STOP: 19, TSTP: 20, WINCH: 28,
};

const descriptions: Readonly<Record<number, string>> = {
  1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 6: "Aborted", 9: "Killed", 11: "Segmentation fault", 13: "Broken pipe",
  14: "Alarm clock", 15: "Terminated",
};

export function signalName(number: number): string | undefined {
  return Object.keys(signalNumbers).find((name) => signalNumbers[name] === number);
}

/** "INT", "SIGINT", "int" or "2"; 0 and "EXIT" give 0. */
export function parseSignal(text: string): number | undefined {
  if (/^\d+$/.test(text)) { const number = Number(text); return number <= 64 ? number : undefined; }
  const name = text.toUpperCase().replace(/^SIG/, "");
  return name === "EXIT" ? 0 : signalNumbers[name];
}

/** What a shell prints of a process that a signal ended: "Killed". */
export function describeSignal(number: number): string { return descriptions[number] ?? `Signal ${number}`; }
