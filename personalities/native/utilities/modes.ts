// Permission bits as text: `rwxr-xr-x`, and the symbolic modes of chmod.

import type { Kind } from "../api/native-system.ts";

const letters: Readonly<Record<Kind, string>> = { regular: "-", directory: "d", link: "l", character: "c", block: "b", pipe: "p", socket: "s", unknown: "?" };

export function describeMode(kind: Kind, mode: number): string {
  const three = (shift: number, special: number, letter: string) => {
    const x = (mode >> shift) & 1;
    return (mode >> shift & 4 ? "r" : "-") + (mode >> shift & 2 ? "w" : "-") + (mode & special ? (x ? letter : letter.toUpperCase()) : x ? "x" : "-");
  };
  return letters[kind] + three(6, 0o4000, "s") + three(3, 0o2000, "s") + three(0, 0o1000, "t");
}

/** The new mode for `755` or `u+x,go-w`; undefined if it is malformed. */
export function changeMode(text: string, mode: number, isDirectory: boolean, umask: number): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return parseInt(text, 8);
  let result = mode;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (!match) return undefined;
    const everyone = match[1] === "";
    const who = everyone || match[1]!.includes("a") ? "ugo" : match[1]!;
    for (const action of match[2]!.matchAll(/([-+=])([rwxXst]*|[ugo])/g)) {
      let bits = 0;
      for (const letter of action[2]!) {
        if (letter === "r") bits |= 4;
        else if (letter === "w") bits |= 2;
        else if (letter === "x" || (letter === "X" && (isDirectory || (result & 0o111) !== 0))) bits |= 1;
        else if ("ugo".includes(letter)) bits |= result >> (letter === "u" ? 6 : letter === "g" ? 3 : 0) & 7;
      }
      let mask = 0;
      let changed = 0;
      for (const one of who) {
        const shift = one === "u" ? 6 : one === "g" ? 3 : 0;
        mask |= 7 << shift;
        changed |= bits << shift;
        if (action[2]!.includes("s") && one !== "o") { const bit = one === "u" ? 0o4000 : 0o2000; mask |= bit; changed |= bit; }
      }
      if (action[2]!.includes("t")) { mask |= 0o1000; changed |= 0o1000; }
      if (everyone) changed &= ~umask;
      if (action[1] === "+") result |= changed;
      else if (action[1] === "-") result &= ~changed;
      else result = (result & ~mask) | changed;
    }
  }
  return result;
}
