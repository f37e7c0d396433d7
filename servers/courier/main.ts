// The courier: carries files between the page, which is no domain, and the VFS. It serves no interface; its only line is to the page.

import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { begin } from "../../lib/ts/component.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { Naming } from "../../lib/ts/naming.ts";
import { Files } from "./files.ts";
import type { CourierAnswer, CourierRequest } from "./request.ts";

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  begin(kernel, "courier", startup);
  const line = devices.line;
  if (!line) throw new Error("the courier has no line to the page");
  const naming = new Naming(kernel);
  let files: Files | undefined;
  const answer = (request: CourierRequest): CourierAnswer => {
    files ??= new Files(kernel, naming.find("vfs"));
    try {
      switch (request.kind) {
        case "write": files.write(request.path, request.data); return { id: request.id };
        case "read": return { id: request.id, data: files.read(request.path) };
        case "list": return { id: request.id, entries: files.list(request.path) };
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { id: request.id, error: (error as Error).message };
    }
  };
  await new Promise<void>((_, reject) => {
    line.onmessage = (message) => {
      try { line.send(answer(message as CourierRequest)); } catch (error) { reject(error); }
    };
  });
}
