// Volumes of the buffer cache that end in the middle of things: a disk is opened and attached, pages of a file are asked for with many more to be read ahead, and
// the file is cut or dropped, the volume detached or given up, while they come.

import { CacheClient } from "../../../abi/generated/ts/client/cache.ts";
import { DisksClient } from "../../../abi/generated/ts/client/disks.ts";
import { VolumeClient } from "../../../abi/generated/ts/client/volume.ts";
import { Errors } from "../../../abi/generated/ts/errors.ts";
import { FRAME_SIZE } from "../../../abi/layout/limits.ts";
import { Random } from "../../../lib/testing/random.ts";
import type { Kernel } from "../../../lib/ts/kernel.ts";
import { DISK_SIZE } from "./cached.ts";

/** Slots: the cache and the driver, both to be administered; the driver has a disk "d" of DISK_SIZE bytes. */
export const CACHE = 5, DISKS = 6;
const PAGES = Math.floor(DISK_SIZE / FRAME_SIZE) - 1;

export interface EndsReport { detached: number; abandoned: number; dropped: number; cut: number; ahead: number; wrong: string[] }

export function volumeEnds(kernel: Kernel, milliseconds: number, seed: number): EndsReport {
  const random = new Random(seed), end = performance.now() + milliseconds, report: EndsReport = { detached: 0, abandoned: 0, dropped: 0, cut: 0, ahead: 0, wrong: [] };
  const cache = new CacheClient(kernel, CACHE), disks = new DisksClient(kernel, DISKS), complain = (what: string): void => { report.wrong.push(what); };
  const places = new Uint8Array(Uint32Array.from({ length: PAGES }, (_, page) => (page + 1) * 8).buffer);
  for (let round = 0; performance.now() < end && report.wrong.length < 5; round++) {
    // A disk that was given up is closed in a moment.
    let opened = disks.open(0, "d");
    for (const limit = performance.now() + 20_000; opened.error === Errors.Busy && performance.now() < limit;) opened = disks.open(0, "d");
    if (opened.error) { complain(`open: ${opened.error}`); break; }
    const attached = cache.attach(opened.disk, 0, 0, `v${round}`);
    kernel.capDelete(opened.disk);
    if (attached.error) { complain(`attach: ${attached.error}`); break; }
    const volume = new VolumeClient(kernel, attached.volume), slots = [attached.volume, attached.image];
    for (let files = 1 + random.below(3); files > 0; files--) {
      const made = volume.object();
      if (made.error) { complain(`object: ${made.error}`); continue; }
      slots.push(made.dataspace);
      kernel.dataspaceResize(made.dataspace, BigInt(PAGES * FRAME_SIZE));
      const page = random.below(PAGES - 100), filled = volume.fill(made.object, page, FRAME_SIZE, 1, places.subarray(page * 4));
      if (filled.error) complain(`fill: ${filled.error}`);
      for (let spin = random.below(3000); spin > 0; spin--) kernel.monotonic();
      const what = random.below(3), cutAt = random.below(PAGES);
      const ended = what === 0 ? volume.drop(made.object).error : what === 1 ? volume.unmap(made.object, cutAt).error : 0;
      if (ended) complain(`${what ? "unmap" : "drop"}: ${ended}`);
      if (what === 0) {
        report.dropped++;
        if (kernel.dataspaceInfo(made.dataspace)?.present !== 0) complain("a dropped object has pages");
      } else if (what === 1) {
        report.cut++;
        kernel.dataspaceResize(made.dataspace, BigInt(cutAt * FRAME_SIZE));
        kernel.dataspaceResize(made.dataspace, BigInt(PAGES * FRAME_SIZE));
        for (let spin = random.below(3000); spin > 0; spin--) kernel.monotonic();
        for (let at = cutAt; at < PAGES; at += 64) if (kernel.dataspaceMarks(made.dataspace, at, Math.min(64, PAGES - at), 0).present) complain("pages came back that were cut off");
      }
    }
    const { error, ...figures } = volume.statistics();
    if (error) complain(`statistics: ${error}`);
    else if ("statistics" in figures) report.ahead += Number(figures.statistics.readAhead);
    if (random.below(3)) {
      const detached = volume.detach().error;
      if (detached) complain(`detach: ${detached}`);
      if (volume.barrier().error !== Errors.BadHandle) complain("a volume that was detached still answers");
      report.detached++;
    } else report.abandoned++;
    for (const slot of slots) kernel.capDelete(slot);
  }
  return report;
}
