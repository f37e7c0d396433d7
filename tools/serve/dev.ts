// `npm run dev [-- --port N]`: vite's development server. AssemblyScript modules are rebuilt when a source of theirs changes, and the
// page is reloaded then: a system cannot go on with another kernel.

import { watch } from "node:fs";
import { createServer } from "vite";
import { build } from "../build/main.ts";
import { inRoot } from "../build/paths.ts";
import { option } from "./options.ts";

const FOLDERS = ["abi", "kernel-wasm", "lib", "servers", "personalities", "extensions"];
const REBUILDS = /(^|[/\\])(assembly|layout)[/\\].*\.ts$/;

export async function main(args: string[]): Promise<number> {
  const port = option(args, "port");
  if (!(await build(["wasm", "images"]))) console.error("Waiting for a change that mends it.");
  const server = await createServer({ configFile: inRoot("vite.config.ts"), server: { ...(port ? { port: Number(port) } : {}) } });
  await server.listen();
  server.printUrls();

  let building = false;
  let again = false;
  const rebuild = async (): Promise<void> => {
    again = true;
    if (building) return;
    building = true;
    while (again) {
      again = false;
      if (await build(["wasm", "images"])) server.ws.send({ type: "full-reload" });
    }
    building = false;
  };
  for (const folder of FOLDERS) {
    try {
      watch(inRoot(folder), { recursive: true }, (_, file) => {
        if (file && REBUILDS.test(`${folder}/${file}`)) void rebuild();
      });
    } catch {
      // A folder that does not exist has nothing to watch.
    }
  }
  await new Promise<void>((resolve) => server.httpServer?.once("close", resolve));
  return 0;
}
