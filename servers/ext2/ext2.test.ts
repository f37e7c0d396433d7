import { expect, test } from "vitest";
import { mke2fs } from "./testing/e2fsprogs.ts";
import { Ext2World } from "./testing/ext2-world.ts";
import { FileKind, FileFlags } from "../../abi/generated/ts/enums.ts";
import { good } from "../../lib/testing/files.ts";
import { e2fsck } from "./testing/e2fsprogs.ts";

test("smoke", async () => {
  const image = mke2fs(["-t", "ext3", "-b", "1024"], 8 << 20);
  const world = await Ext2World.create(image, { malice: 0 });
  console.log(world.reason, world.readOnly, world.entries(world.root).map((e) => e.name));
  const { inode } = good(world.fs.create(world.root, FileKind.Regular, 0o644, "hello"));
  const file = world.open(inode, FileFlags.Read | FileFlags.Write);
  file.write("hello, world");
  expect(file.text()).toBe("hello, world");
  file.write(new Uint8Array(50000).fill(7), 100n);
  file.close();
  world.detach();
  console.log(e2fsck(world.disk.contents).output);
  console.log(world.server.log);
});
