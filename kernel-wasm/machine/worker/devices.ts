// The devices of a TypeScript server: the browser facilities that the machine gives it, and nothing else.

import type { Devices, FetchRange, FromPage, TerminalDevice, ToPage } from "../../../lib/ts/devices.ts";
import type { StorageDevice } from "../../../lib/ts/storage-device.ts";
import type { WorkerHost } from "./host.ts";
import type { Birth, Run } from "./messages.ts";

const RANDOM_STEP = 65536;

export function devicesFor(host: WorkerHost, birth: Birth, run: Run, storage: StorageDevice | undefined): Devices {
  return {
    ...(run.port && run.image.name === "console" ? { terminal: terminalDevice(host, run.port) } : {}),
    ...(run.port && run.image.name !== "console" ? { line: host.line(run.port) } : {}),
    ...(run.manifest !== undefined ? { manifest: run.manifest } : {}),
    ...(storage ? { storage } : {}),
    fetch: (path: string, range?: FetchRange) => host.fetch(path, birth.base, range),
    fetchPart: (path: string, range: FetchRange, limit: number) => host.fetchPart(path, birth.base, range, limit),
    random(bytes: Uint8Array): void {
      for (let at = 0; at < bytes.length; at += RANDOM_STEP) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_STEP) as Uint8Array<ArrayBuffer>);
    },
    images: Object.fromEntries(birth.images.map((image) => [image.name, image.number])),
  };
}

function terminalDevice(host: WorkerHost, port: unknown): TerminalDevice {
  const line = host.line(port);
  return {
    get onmessage() { return line.onmessage as ((message: FromPage) => void) | null; },
    set onmessage(listener) { line.onmessage = listener as ((message: unknown) => void) | null; },
    send(message: ToPage): void { line.send(message); },
  };
}
