import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCycle } from "./call-graph.ts";
import { planDomains } from "./groups.ts";
import { readManifest, type Manifest } from "./manifest.ts";
import { Refused } from "./yaml-reader.ts";

const IMAGES = new Set(["init", "names", "vfs", "tmpfs", "webfs", "pipe", "process", "console", "clock", "random", "courier", "devfs", "disk-ram", "disk-opfs", "disk-idb", "disk-http", "disk-overlay", "cache", "ext2", "fat", "sysfs", "linux", "vfs+tmpfs", "vfs+tmpfs+pipe"]);
const SMALL = `servers:
  - name: names
  - { name: vfs, calls: [tmpfs] }
  - { name: tmpfs, placement: inline, memory: 1 MiB, arguments: { size: 3, label: x, on: true } }
  - { name: process, calls: [vfs] }
  - { name: console, calls: [process] }
mounts:
  - { path: /, server: tmpfs }
profiles:
  shell: { program: /bin/sh }
default-profile: shell
`;
const read = (source: string): Manifest => readManifest(source, IMAGES);
function refusal(source: string): string {
  try { read(source); } catch (error) { if (error instanceof Refused) return error.message; throw error; }
  return "accepted";
}

/** The same with tmpfs linked to the VFS. */
const LINKED = SMALL.replace("placement: inline,", "placement: linked, with: vfs,");
const PIPE = "  - { name: pipe, placement: linked, with: vfs }\n";

describe("linked servers", () => {
  it("are planned as one domain, in the order in which their module has them", () => {
    const plan = planDomains(read(LINKED.replace("mounts:", `${PIPE}mounts:`)).servers, IMAGES);
    expect(plan.map(({ name, image, head }) => [name, image, head.name])).toEqual([["names", "names", "names"], ["vfs+tmpfs+pipe", "vfs+tmpfs+pipe", "vfs"], ["process", "process", "process"], ["console", "console", "console"]]);
    expect(plan[1]!.members.map(({ entry, badge }) => [entry.name, badge >>> 30])).toEqual([["vfs", 0], ["tmpfs", 1], ["pipe", 2]]);
  });

  it("may have other names than their images", () => {
    const plan = planDomains(read(LINKED.replace("{ name: tmpfs,", "{ name: files, image: tmpfs,").replaceAll("[tmpfs]", "[files]").replace("server: tmpfs", "server: files")).servers, IMAGES);
    expect(plan[1]).toMatchObject({ name: "vfs+files", image: "vfs+tmpfs" });
  });

  it.each([
    [LINKED.replace("with: vfs,", ""), "line 4: servers[2]: a linked server needs `with`"],
    [LINKED.replace("placement: linked", "placement: inline"), "line 4: servers[2]: `with` goes with `placement: linked` only"],
    [LINKED.replace("with: vfs", "with: vsf"), "line 4: servers[2]: is linked with `vsf`, which is no server here"],
    [LINKED.replace("with: vfs", "with: tmpfs"), "line 4: servers[2]: cannot be linked with itself"],
    [LINKED.replace("with: vfs", "with: names"), "line 4: servers[2]: there is no module of names, tmpfs; there are vfs+tmpfs, vfs+tmpfs+pipe"],
    [LINKED.replace("mounts:", `${PIPE.replace("vfs", "tmpfs")}mounts:`), "line 7: servers[5]: is linked with `tmpfs`, which is linked with `vfs` itself: name that one"],
    [LINKED.replace("name: vfs,", "name: vfs, arguments: { size: 1 },"), "line 4: servers[2]: the argument `size` is given to `vfs` too, which is linked with it"],
    [LINKED.replace("memory: 1 MiB", "calls: [process]").replace("calls: [vfs]", "calls: [pipe]").replace("mounts:", `${PIPE}mounts:`), "line 3: servers[1]: servers must not call each other in a circle: vfs+tmpfs+pipe → process → vfs+tmpfs+pipe"],
  ])("case %#: are refused with line and reason", (source, expected) => expect(refusal(source)).toContain(expected));

  it("keep each server in one domain, whoever is linked with whom", () => {
    const names = ["names", "vfs", "tmpfs", "pipe", "process", "console"];
    fc.assert(fc.property(fc.shuffledSubarray(["tmpfs", "pipe"]), (linked) => {
      const servers = names.map((name) => `  - { name: ${name}${linked.includes(name) ? ", placement: linked, with: vfs" : ""} }\n`).join("");
      const source = `servers:\n${servers}${SMALL.slice(SMALL.indexOf("mounts:"))}`;
      const images = new Set([...IMAGES, "vfs+pipe"]), plan = planDomains(readManifest(source, images).servers, images);
      expect(plan.flatMap(({ members }) => members.map(({ entry }) => entry.name)).sort()).toEqual([...names].sort());
      expect(new Set(plan.flatMap(({ image, members }) => members.map(({ badge }) => `${image} ${badge}`))).size).toBe(names.length);
    }));
  });
});

/** With drivers, the cache, file systems, and one mount more, on line 14. */
const DISKS = SMALL.replace("mounts:", `${["disk-ram", "disk-opfs", "disk-http", "disk-overlay", "cache", "ext2"].map((server) => `  - { name: ${server} }\n`).join("")}mounts:`);
const onDisk = (mount: string, source = DISKS): string => source.replace("server: tmpfs }\n", `server: tmpfs }\n  - { path: /mnt, ${mount} }\n`);

describe("mounts of disks", () => {
  it.each([
    "disk: ram:scratch, type: ext2, create: 16 MiB", "disk: opfs:home", "disk: opfs:home, read-only: true, protocol: 3", "disk: overlay:o, from: opfs:home, type: ext2", "disk: http:x, from: images/x.img, read-only: true",
  ])("%s is accepted", (mount) => expect(read(onDisk(mount)).mounts[1]).toMatchObject({ path: "/mnt", server: "", line: 15 }));

  it("are read, with defaults", () => {
    expect(read(onDisk("disk: ram:scratch")).mounts[1]).toMatchObject({ disk: "ram:scratch", type: "auto", create: 0, from: "", protocol: 2, "read-only": false });
    expect(read(onDisk("disk: ram:scratch, type: ext2, create: 64 KiB, protocol: 1")).mounts[1]).toMatchObject({ type: "ext2", create: 65536, protocol: 1 });
  });

  it.each([
    [onDisk("read-only: true"), "line 15: mounts[1]: a mount needs `server` or `disk`, and not both"],
    [onDisk("server: tmpfs, disk: ram:a"), "line 15: mounts[1]: a mount needs `server` or `disk`, and not both"],
    [onDisk("disk: scratch"), "line 15: mounts[1].disk: a disk (DRIVER:NAME) expected, not string \"scratch\""],
    [onDisk("disk: ram:a b"), "line 15: mounts[1].disk: a disk (DRIVER:NAME) expected"],
    [onDisk("disk: floppy:a"), "line 15: mounts[1]: there is no server `disk-floppy`, which has the disk `floppy:a`"],
    [onDisk("disk: ram:a", DISKS.replace("  - { name: cache }\n", "")), "line 14: mounts[1]: there is no server `cache`, through which disks are read"],
    [onDisk("disk: ram:a, type: fat"), "line 15: mounts[1]: there is no server `fat`, which knows the file system"],
    [onDisk("disk: ram:a", DISKS.replace("  - { name: ext2 }\n", "")), "line 14: mounts[1]: there is no server `ext2` or `fat`"],
    [onDisk("disk: ram:a, type: ntfs"), "line 15: mounts[1].type: one of ext2, fat, auto expected"],
    [onDisk("disk: ram:a, create: 16 MiB"), "line 15: mounts[1]: `create` needs the `type` of the file system to make"],
    [onDisk("disk: ram:a, type: ext2, create: 16 MiB, read-only: true"), "line 15: mounts[1]: `create` and `read-only`"],
    [onDisk("disk: ram:a, type: ext2, create: 1000"), "line 15: mounts[1]: `create`: a disk has a multiple of 512 bytes"],
    [onDisk("disk: ram:a, type: ext2, create: 128 GiB"), "line 15: mounts[1]: `create`: a disk has a multiple of 512 bytes, at most 64 GiB"],
    [onDisk("disk: ram:a, type: ext2, create: lots"), "line 15: mounts[1].create: a size such as `64 MiB` expected"],
    [onDisk("disk: ram:a, from: images/x.img"), "line 15: mounts[1]: `from` is for disks of `overlay` (a disk) and `http` (a file of the site)"],
    [onDisk("disk: overlay:a, type: ext2, create: 16 MiB"), "line 15: mounts[1]: disks of `overlay` are made `from` something"],
    [onDisk("disk: overlay:a, from: images/x.img"), "line 15: mounts[1]: `from`: a disk (DRIVER:NAME) expected, to lay `overlay:a` over"],
    [onDisk("disk: overlay:a, from: idb:b"), "line 15: mounts[1]: there is no server `disk-idb`, which has the disk `idb:b`"],
    [onDisk("disk: overlay:a, from: ram:b, type: ext2, create: 1 MiB"), "line 15: mounts[1]: `create` makes an empty disk and `from` one with contents"],
    [onDisk("disk: ram:a, protocol: 4"), "line 15: mounts[1].protocol: a whole number from 1 to 3 expected"],
    [onDisk("server: tmpfs, create: 1 MiB"), "line 15: mounts[1]: `create` goes with `disk` only"],
    [onDisk("server: tmpfs, type: ext2"), "line 15: mounts[1]: `type` goes with `disk` only"],
    [DISKS.replace("path: /, server: tmpfs", "path: /, disk: ram:a"), "line 14: mounts[0]: what is on a disk cannot be the root"],
  ])("case %#: are refused with line and reason", (source, expected) => expect(refusal(source)).toContain(expected));
});

describe("the manifest", () => {
  it("is read, with defaults", () => {
    const manifest = read(SMALL);
    expect(manifest.servers.map(({ name, placement, line }) => [name, placement, line])).toEqual([["names", "worker", 2], ["vfs", "worker", 3], ["tmpfs", "inline", 4], ["process", "worker", 5], ["console", "worker", 6]]);
    expect(manifest.servers[2]).toMatchObject({ memory: 1048576, arguments: new Map<string, unknown>([["size", 3], ["label", "x"], ["on", true]]) });
  });

  it("of the default boot is accepted", () => expect(read(readFileSync(new URL("../boot.yaml", import.meta.url), "utf8")).directories.find(({ path }) => path === "/tmp")?.mode).toBe(0o1777));

  it.each([
    ["", "line 1: the manifest: a mapping expected, not nothing"],
    ["- 1", "line 1: the manifest: a mapping expected, not a list"],
    ["a: [1", "line 1: "],
    [SMALL.replace("- name: names", "- nam: names"), "line 2: servers[0]: unknown key `nam`"],
    [SMALL.replace("- name: names", "- name: 7"), "line 2: servers[0].name: a name (lower case, digits, hyphens) expected, not number 7"],
    [SMALL.replace("name: vfs", "name: names"), "line 3: servers[1]: server `names` is there already, on line 2"],
    [SMALL.replace("name: process", "name: prozess"), "line 1: the manifest: the server `process` is missing"],
    [SMALL.replace("placement: inline", "placement: outside"), "line 4: servers[2].placement: one of worker, inline, linked expected, not string \"outside\""],
    [SMALL.replace("1 MiB", "1 MB"), "line 4: servers[2].memory: a size such as `64 MiB` expected"],
    [SMALL.replace("label: x", 'label: "x\\ny"'), "line 4: servers[2].arguments.label: text on one line"],
    [SMALL.replace("calls: [vfs]", "calls: [vsf]"), "line 5: servers[3]: calls `vsf`, which is no server here"],
    [SMALL.replace("placement: inline", "image: floppy"), "line 4: servers[2]: there is no image `floppy`"],
    [SMALL.replace("placement: inline", "calls: [process]"), "servers must not call each other in a circle: vfs → tmpfs → process → vfs"],
    [SMALL.replace("- name: names", "- { name: names, calls: [console] }"), "in a circle: names → console → process → vfs → tmpfs → names"],
    [SMALL.replace("server: tmpfs", "server: diskfs"), "line 8: mounts[0]: there is no server `diskfs`"],
    [SMALL.replace("path: /,", "path: /usr,"), "line 8: mounts[0]: the first mount must be `/`"],
    [SMALL.replace("path: /,", "path: usr,"), "line 8: mounts[0].path: an absolute path expected"],
    [SMALL.replace("program: /bin/sh", "programme: /bin/sh"), "line 10: profiles.shell: unknown key `programme`"],
    [SMALL.replace("{ program: /bin/sh }", "{}"), "line 10: profiles.shell: `program` is missing"],
    [SMALL.replace("default-profile: shell", "default-profile: bash"), "there is no profile `bash`"],
    [`${SMALL}terminals:\n  - { number: 0 }\n  - { number: 0 }\n`, "line 14: terminals[1]: terminal `0` is there already, on line 13"],
    [`${SMALL}terminals:\n  - { number: 63 }\n`, "line 13: terminals[0].number: a whole number from 0 to 62 expected, not number 63"],
    [`${SMALL}files:\n  - { path: /etc/x }\n`, "line 13: files[0]: a file needs `text` or `base64`, and not both"],
    [`${SMALL}files:\n  - { path: /etc/x, base64: '@' }\n`, "line 13: files[0]: `base64` is not base64"],
    [`${SMALL}default-profile: shell\n`, "Map keys must be unique"],
    [`${SMALL}environment: { A: &a x, B: *a }\n`, "aliases are not supported"],
    [`${SMALL}environment: { "a b": x }\n`, "bad name"],
  ])("case %#: is refused with line and reason", (source, expected) => expect(refusal(source)).toContain(expected));

  it("is accepted or refused, whatever it says", () => {
    const lines = SMALL.split("\n");
    fc.assert(fc.property(fc.nat(lines.length - 1), fc.string(), fc.boolean(), (at, noise, replace) => {
      const source = lines.with(at, replace ? noise : lines[at]! + noise).join("\n");
      expect(refusal(source)).toMatch(/^accepted$|^line \d+: /);
    }), { numRuns: 500 });
  });
});

it("findCycle finds a circle exactly when a topological order does not exist", () => {
  const graph = fc.array(fc.array(fc.nat(5), { maxLength: 4 }), { minLength: 6, maxLength: 6 });
  fc.assert(fc.property(graph, (edges) => {
    const calls = new Map(edges.map((each, index) => [`${index}`, each.map(String)]));
    const left = new Map(calls);
    for (let removed = true; removed;) {
      removed = false;
      for (const [name, called] of left) if (!called.some((each) => left.has(each))) { left.delete(name); removed = true; }
    }
    const cycle = findCycle(calls);
    expect(cycle === undefined).toBe(left.size === 0);
    if (cycle) for (let index = 0; index + 1 < cycle.length; index++) expect(calls.get(cycle[index]!)).toContain(cycle[index + 1]);
  }));
});
