// getopts: the options of a script, one a call (POSIX).

import type { Shell } from "../shell.ts";

export function getopts(shell: Shell, args: string[]): number {
  const [spec, name, ...operands] = args;
  if (spec === undefined || name === undefined) { shell.complain("getopts: usage: getopts optstring var [arg...]"); return 2; }
  const words = args.length > 2 ? operands : shell.state.positional;
  const silent = spec.startsWith(":");
  let index = Number(shell.state.variables.get("OPTIND") ?? "1") || 1;
  if (index < 1) index = 1;
  if (index === 1 && shell.state.variables.get("OPTIND") !== String(shell.state.optionIndex)) shell.state.optionOffset = 0;

  const finish = () => {
    shell.state.optionOffset = 0;
    shell.set("OPTIND", String(index));
    shell.state.optionIndex = index;
    shell.set(name, "?");
    return 1;
  };
  const word = words[index - 1];
  if (shell.state.optionOffset === 0) {
    if (word === undefined || !/^-./.test(word)) return finish();
    if (word === "--") { index++; return finish(); }
    shell.state.optionOffset = 1;
  }
  const letter = word![shell.state.optionOffset++]!;
  const isLast = shell.state.optionOffset >= word!.length;
  const at = letter === ":" ? -1 : spec.indexOf(letter, silent ? 1 : 0);
  const next = () => { index++; shell.state.optionOffset = 0; };
  let value: string = letter;
  shell.state.variables.unset("OPTARG");
  if (at < 0) {
    if (silent) shell.set("OPTARG", letter);
    else shell.print(`Illegal option -${letter}\n`, 2);
    value = "?";
    if (isLast) next();
  } else if (spec[at + 1] === ":") {
    if (!isLast) { shell.set("OPTARG", word!.slice(shell.state.optionOffset)); next(); }
    else {
      const argument = words[index];
      next();
      if (argument === undefined) {
        if (silent) { shell.set("OPTARG", letter); value = ":"; }
        else { shell.print(`No arg for -${letter} option\n`, 2); value = "?"; }
      } else { shell.set("OPTARG", argument); index++; }
    }
  } else if (isLast) next();
  shell.set("OPTIND", String(index));
  shell.state.optionIndex = index;
  shell.set(name, value);
  return 0;
}
