// Images of other people's tools come in by way of the page, are mounted, read, written and taken out again, and those tools find nothing wrong with
// them: Debian's e2fsprogs, dosfstools and mtools are the judges. Disks are the browser's own.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type System } from "../fixtures/system.ts";

const bytes = (length: number, seed: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 2654435761 + seed * 40503 + (index >> 7)) >>> 13));
const FILES: Readonly<Record<string, Buffer>> = { "empty": Buffer.alloc(0), "small.txt": Buffer.from("a small file\n"), "dir/block.bin": bytes(4096, 1), "dir/deep/large.bin": bytes(700_001, 2) };
const md5 = (data: Uint8Array): string => createHash("md5").update(data).digest("hex");

interface Kind { readonly type: "ext2" | "fat"; readonly tools: readonly string[]; make(image: string, tree: string): void; check(image: string): void; read(image: string, path: string): Buffer }
const run = (tool: string, ...args: string[]): Buffer => execFileSync(tool, args, { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });

const KINDS: readonly Kind[] = [
  {
    type: "ext2", tools: ["/usr/sbin/mke2fs", "/usr/sbin/e2fsck", "/usr/sbin/debugfs"],
    make: (image, tree) => { run("/usr/sbin/mke2fs", "-q", "-t", "ext2", "-r", "1", "-O", "^ext_attr,^resize_inode,^dir_index", "-d", tree, image, "8M"); },
    check: (image) => { run("/usr/sbin/e2fsck", "-fn", image); },
    read: (image, path) => run("/usr/sbin/debugfs", "-R", `cat /${path}`, image),
  },
  {
    type: "fat", tools: ["/usr/sbin/mkfs.fat", "/usr/sbin/fsck.fat", "/usr/bin/mcopy"],
    make: (image, tree) => {
      run("/usr/sbin/mkfs.fat", "-C", "-F", "16", image, "12288");
      for (const entry of ["empty", "small.txt", "dir"]) run("/usr/bin/mcopy", "-s", "-i", image, join(tree, entry), "::/");
    },
    check: (image) => { run("/usr/sbin/fsck.fat", "-n", image); },
    read: (image, path) => run("/usr/bin/mcopy", "-i", image, `::/${path}`, "-"),
  },
];

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grail-images-"));
  for (const [path, data] of Object.entries(FILES)) {
    mkdirSync(join(folder, "tree", path, ".."), { recursive: true });
    writeFileSync(join(folder, "tree", path), data);
  }
});
test.afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

async function importImage({ page }: System, image: string, kind: string, name: string): Promise<void> {
  await page.getByRole("button", { name: "Import an image" }).click();
  await page.getByLabel("File", { exact: true }).setInputFiles(image);
  await page.getByLabel("Kind").selectOption(kind);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("button", { name: `Mount ${kind}:${name}` })).toBeVisible();
}

async function mount({ page }: System, disk: string, path: string): Promise<void> {
  await page.getByRole("button", { name: `Mount ${disk}` }).click();
  await page.getByLabel("Directory").fill(path);
  await page.getByRole("dialog").getByRole("button", { name: "Mount" }).click();
  await expect(page.getByRole("button", { name: `Unmount ${disk}` })).toBeVisible();
}

for (const { type, tools, make, check, read } of KINDS) for (const driver of ["opfs", "idb"]) {
  test(`an image of ${type} is read, written, kept and taken out of a disk of ${driver}`, async ({ system }) => {
    test.skip(!tools.every((tool) => existsSync(tool)), `SKIPPED, and nothing is known of ${type}: ${tools.join(", ")} are needed (apt-get install e2fsprogs dosfstools mtools)`);
    test.skip(!readFileSync("servers/init/boot.yaml", "utf8").includes(`- name: ${type}\n`), `SKIPPED: the boot manifest has no server of ${type}`);
    const image = join(folder, "in.img"), out = join(folder, "out.img"), disk = `${driver}:there`;
    make(image, join(folder, "tree"));
    await system.page.keyboard.press("Alt+6");
    await importImage(system, image, driver, "there");
    await mount(system, disk, "/mnt/there");
    for (const [path, data] of Object.entries(FILES)) expect((await system.run(`md5sum < /mnt/there/${path}`)).output).toContain(md5(data));
    await expect(system.page.getByRole("img", { name: /held/ })).toBeVisible();
    expect(await system.run("cd /mnt/there && mkdir new && cp dir/deep/large.bin new/copy.bin && echo more >> small.txt && rm empty && sync small.txt new/copy.bin")).toMatchObject({ status: 0 });

    // What was synced is there in another system, which was not told that the first one ended.
    await system.load();
    await system.page.keyboard.press("Alt+6");
    await mount(system, disk, "/mnt/again");
    expect((await system.run("cat /mnt/again/small.txt; md5sum < /mnt/again/new/copy.bin; ls /mnt/again/new")).output).toBe(`a small file\nmore\n${md5(FILES["dir/deep/large.bin"]!)}  -\ncopy.bin`);
    await system.page.getByRole("button", { name: `Unmount ${disk}` }).click();
    const [download] = await Promise.all([system.page.waitForEvent("download"), system.page.getByRole("button", { name: `Download ${disk}` }).click()]);
    expect(download.suggestedFilename()).toBe("there.img");
    await download.saveAs(out);
    check(out);
    expect(md5(read(out, "new/copy.bin"))).toBe(md5(FILES["dir/deep/large.bin"]!));
    expect(read(out, "small.txt").toString()).toBe("a small file\nmore\n");
    expect(md5(read(out, "dir/block.bin"))).toBe(md5(FILES["dir/block.bin"]!));
  });
}
