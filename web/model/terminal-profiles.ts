// What a new terminal can run. `profile` is a name under `profiles` in the boot manifest.

export interface TerminalProfile { id: "shell" | "python"; profile: string; title: string; describe: string }

export const PROFILES: readonly TerminalProfile[] = [
  { id: "shell", profile: "shell", title: "Shell", describe: "Native shell" },
  { id: "python", profile: "python", title: "Python", describe: "CPython on the Linux personality" },
];

export function profileOf(id: string): TerminalProfile { return PROFILES.find((one) => one.id === id) ?? PROFILES[0]; }
