// What `clang -###` prints: a head about the version, then a line for each command with its words in quotes.

export interface Plan {
  commands: string[][];
  /** Warnings and errors of the driver itself. */
  messages: string[];
}

const head = /^(clang version|Target:|Thread model:|InstalledDir:|Build config:|Configuration file:|\s*\(in-process\)\s*$|$)/;

/** The words of ` "a" b "c d"`; within quotes a backslash quotes `"`, `\` and `$`. */
export function unquote(line: string): string[] {
  return Array.from(line.matchAll(/ (?:"((?:[^"\\]|\\.)*)"|([^ "]+))/g), (match) => match[2] ?? match[1]!.replace(/\\(["\\$])/g, "$1"));
}

export function parseCommands(output: string): Plan {
  const plan: Plan = { commands: [], messages: [] };
  for (const line of output.split("\n")) {
    if (line.startsWith(' "')) {
      const words = unquote(line);
      // The path of the program for all tools comes before the name of the one; it is empty where clang did not find itself on PATH.
      if (words[0] === "" || /^clang(\+\+)?$/.test(words[1] ?? "")) words.shift();
      plan.commands.push([(words[0] ?? "").replace(/.*\//, ""), ...words.slice(1)]);
    } else if (!head.test(line)) plan.messages.push(line);
  }
  return plan;
}
