// Runs a program of node_modules/.bin and keeps what it prints.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { inRoot, root } from "../build/paths.ts";

export interface ToolResult { readonly status: number; readonly output: string }

/** `echo`: also show the output there as it comes. */
export function runTool(command: string, args: readonly string[], options: { echo?: NodeJS.WritableStream; env?: Record<string, string> } = {}): Promise<ToolResult> {
  const local = inRoot(`node_modules/.bin/${command}`);
  const child: ChildProcess = spawn(existsSync(local) ? local : command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
    options.echo?.write(chunk);
  };
  child.stdout!.on("data", keep);
  child.stderr!.on("data", keep);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ status: 127, output: `${command}: ${error.message}\n` }));
    child.on("close", (status, signal) => resolve({ status: status ?? 1, output: signal ? `${output}\n${command}: ended by ${signal}\n` : output }));
  });
}
