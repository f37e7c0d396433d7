// stty: the terminal's modes and size.

import { Failure } from "../api/failure.ts";
import { TerminalMode } from "../api/native-system.ts";
import { utility, type Tool } from "./utility.ts";

const modes: Readonly<Record<string, number>> = { icanon: TerminalMode.Canonical, echo: TerminalMode.Echo, isig: TerminalMode.Signals, icrnl: TerminalMode.MapCrToNl, onlcr: TerminalMode.MapNlToCrNl, echoe: TerminalMode.EchoErase, echoctl: TerminalMode.EchoControl };
const all = Object.values(modes).reduce((sum, bit) => sum | bit, 0);

const program = utility({ usage: "stty [-a] [size | sane | raw | cooked | [-]MODE...]" }, (tool: Tool) => {
  const { system } = tool;
  const state = system.terminal(0);
  if (state instanceof Failure) tool.quit(`'standard input': ${state.error === "NotSupported" || state.error === "BadMethod" ? "Inappropriate ioctl for device" : state.message}`);
  if (tool.operands.length === 0 || tool.operands[0] === "-a" || tool.operands[0] === "--all") {
    tool.out.line(`speed 38400 baud; rows ${state.rows}; columns ${state.columns};`);
    tool.out.line("intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; susp = ^Z; werase = ^W;");
    tool.out.line(Object.entries(modes).map(([name, bit]) => (state.modes & bit ? name : `-${name}`)).join(" "));
    return 0;
  }
  let next = state.modes;
  for (const word of tool.operands) {
    const on = !word.startsWith("-");
    const name = on ? word : word.slice(1);
    if (word === "size") tool.out.line(`${state.rows} ${state.columns}`);
    else if (word === "-g" || word === "--save") tool.out.line(state.modes.toString(16));
    else if (/^[0-9a-f]+$/.test(word) && !(word in modes)) next = parseInt(word, 16);
    else if (word === "sane" || word === "cooked" || word === "-raw") next = all;
    else if (word === "raw" || word === "-cooked") next &= ~(modes["icanon"]! | modes["isig"]! | modes["icrnl"]! | modes["onlcr"]!);
    else if (name === "cbreak") next = on ? next & ~modes["icanon"]! : next | modes["icanon"]!;
    else if (modes[name] !== undefined) next = on ? next | modes[name]! : next & ~modes[name]!;
    else tool.quit(`invalid argument '${word}'`);
  }
  if (next !== state.modes) tool.check(system.setTerminalModes(0, next), "standard input");
  return tool.status;
});

/** Its operands may begin with a dash. */
export const stty: typeof program = (system) => program(Object.create(system, { args: { value: [system.args[0]!, "--", ...system.args.slice(1)] } }) as typeof system);
