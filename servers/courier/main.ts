// The courier: carries files between the page, which is no domain, and the VFS, and asks for disks what the page wants of them. It serves no
// interface; its only line is to the page.

import { RIGHT_MANAGE, SLOT_NAMES } from "../../abi/layout/limits.ts";
import type { Devices, Startup } from "../../lib/ts/devices.ts";
import { begin } from "../../lib/ts/component.ts";
import type { Kernel } from "../../lib/ts/kernel.ts";
import { Naming } from "../../lib/ts/naming.ts";
import { Disks } from "./disks.ts";
import { Failed, Files } from "./files.ts";
import type { CourierAnswer, CourierRequest } from "./request.ts";

/** The VFS, once all that is mounted at boot is mounted: a file must not come to lie below a disk. Init then publishes the mount table, to those who administer. */
function mountedRoot(kernel: Kernel, naming: Naming): number {
  if ((kernel.capInfo(SLOT_NAMES)?.rights ?? 0) & RIGHT_MANAGE) naming.find("mount-table");
  return naming.find("vfs");
}

export async function main(kernel: Kernel, devices: Devices, startup: Startup): Promise<void> {
  begin(kernel, "courier", startup);
  const line = devices.line;
  if (!line) throw new Error("the courier has no line to the page");
  const naming = new Naming(kernel);
  let files: Files | undefined, disks: Disks | undefined;
  const perform = async (request: CourierRequest): Promise<CourierAnswer> => {
    const { id } = request;
    switch (request.kind) {
      case "storage":
        disks ??= new Disks(kernel, naming);
        return { id, storage: await disks.perform(request.request, (progress) => line.send({ id, progress } satisfies CourierAnswer)) };
      default:
        files ??= new Files(kernel, mountedRoot(kernel, naming));
        if (request.kind === "write") { files.write(request.path, request.data); return { id }; }
        return request.kind === "read" ? { id, data: files.read(request.path) } : { id, entries: files.list(request.path) };
    }
  };
  await new Promise<void>((_, reject) => {
    line.onmessage = (message) => {
      const request = message as CourierRequest;
      perform(request).catch((error: unknown): CourierAnswer => {
        // The machine leaves a dead domain's code by throwing what is no Error: that must go on.
        if (!(error instanceof Error)) throw error;
        return { id: request.id, error: error.message, name: error instanceof Failed ? error.error : "" };
      }).then((answer) => line.send(answer)).catch(reject);
    };
  });
}
