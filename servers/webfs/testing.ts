// A web file system on the fake machine, over a site that is a Map from path to bytes; and tar archives for it. Fetches end when
// the test says so (`settle`).

import { FileSystemClient } from "../../abi/generated/ts/client/file-system.ts";
import { RIGHT_GRANT, RIGHT_READ, RIGHT_WRITE, SLOT_SELF } from "../../abi/layout/limits.ts";
import { Log } from "../../lib/ts/log.ts";
import { handle } from "../../lib/ts/serve.ts";
import { encodeText } from "../../lib/ts/text.ts";
import type { FakeKernel } from "../../lib/ts/testing/fake-kernel.ts";
import { FakeMachine } from "../../lib/ts/testing/fake-machine.ts";
import { assemble } from "./assemble.ts";
import { INDEX_PATH, type ImageEntry } from "./image-format.ts";
import type { WebfsServer } from "./webfs-server.ts";

export class Site {
  readonly machine = new FakeMachine();
  readonly kernel: FakeKernel = this.machine.domain("webfs");
  readonly client: FakeKernel = this.machine.domain("vfs");
  readonly files = new Map<string, Uint8Array | string>();
  readonly fetched: string[] = [];
  readonly server: WebfsServer;
  readonly fileSystem: FileSystemClient;

  constructor(entries: readonly ImageEntry[] | string, files: Record<string, Uint8Array | string> = {}, settings: Record<string, string> = {}) {
    this.files.set(INDEX_PATH, typeof entries === "string" ? entries : JSON.stringify({ version: 1, entries }));
    for (const [path, contents] of Object.entries(files)) this.files.set(path, contents);
    this.kernel.capMove(this.kernel.endpointCreate(), SLOT_SELF);
    const fetch = async (path: string): Promise<Uint8Array> => {
      this.fetched.push(path);
      const contents = this.files.get(path);
      if (contents === undefined) throw new Error("404 Not Found");
      return typeof contents === "string" ? encodeText(contents) : contents;
    };
    this.server = assemble(this.kernel, fetch, new Log(this.kernel, "webfs"), new Map(Object.entries(settings)));
    this.machine.attach(this.kernel, SLOT_SELF, (incoming) => handle(this.kernel, this.server, incoming));
    this.fileSystem = new FileSystemClient(this.client, this.machine.grant(this.kernel, SLOT_SELF, this.client, RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT));
  }

  /** Let all fetches that are under way end. */
  async settle(): Promise<void> { for (let turn = 0; turn < 20; turn++) await Promise.resolve(); }

  /** Inode of a path; throws the error's number. */
  async find(path: string): Promise<bigint> {
    let inode = 1n;
    for (const name of path.split("/").filter((part) => part !== "")) {
      const found = await this.fileSystem.lookupAsync(inode, name);
      if (found.error) throw new Error(`${path}: ${found.error}`);
      inode = found.inode;
    }
    return inode;
  }
}

interface TarMember { path: string; type?: string; data?: string | Uint8Array; target?: string; mode?: number }

/** A ustar archive. */
export function makeTar(members: readonly TarMember[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { path, type = "0", data = "", target = "", mode = 0o644 } of members) {
    const body = typeof data === "string" ? encodeText(data) : data, header = new Uint8Array(512);
    const put = (at: number, text: string): void => header.set(encodeText(text), at);
    put(0, path); put(100, mode.toString(8).padStart(7, "0")); put(124, body.length.toString(8).padStart(11, "0")); put(136, "00000000144");
    put(148, "        "); put(156, type); put(157, target); put(257, "ustar\x0000");
    put(148, `${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `);
    parts.push(header, body, new Uint8Array((512 - body.length % 512) % 512));
  }
  parts.push(new Uint8Array(1024));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
