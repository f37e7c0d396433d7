// timeout: ends what takes too long, and has the status that the host's has.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NodeSystem } from "./node-system.ts";

let system: NodeSystem;

describe.skipIf(!existsSync("build/images"))("timeout", () => {
  beforeAll(async () => { system = await NodeSystem.boot(); await system.prompt(); }, 180_000);
  afterAll(async () => { await system?.stop(); });

  test.each([
    ["timeout 60 sh -c 'exit 3'", 3, ""],
    ["timeout 60 echo in time", 0, "in time"],
    ["timeout 0.2 sleep 600", 124, ""],
    ["timeout -s KILL 0.2 sleep 600", 137, ""],
    ["timeout -v -k 900 0.2 sleep 600", 124, "timeout: sending signal 15 to command 'sleep'"],
    ["timeout 60 no-such-command", 127, "timeout: no-such-command: No such file or directory"],
    ["timeout soon true", 125, "timeout: invalid time interval 'soon'"],
    ["timeout 5", 125, "timeout: an operand is missing: timeout SECONDS COMMAND"],
  ])("%s", async (line, status, output) => {
    expect(await system.run(line)).toEqual({ status, output });
  });
});
