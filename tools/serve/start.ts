// `npm start [-- --port N] [-- --host ADDRESS]`: builds and serves dist/ with the headers that give the page shared memory.

import { preview } from "vite";
import { build } from "../build/main.ts";
import { inRoot } from "../build/paths.ts";
import { option } from "./options.ts";

export async function main(args: string[]): Promise<number> {
  const port = option(args, "port");
  const host = option(args, "host");
  if (!(await build([]))) return 1;
  const server = await preview({
    configFile: inRoot("vite.config.ts"),
    preview: { port: port ? Number(port) : 4173, ...(host ? { host } : {}) },
    logLevel: "warn",
  });
  const addresses = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
  console.log(`\nGrailOS is at ${addresses.join(" and ")} (stop with Ctrl+C)`);
  await new Promise<void>((resolve) => server.httpServer.once("close", resolve));
  return 0;
}
