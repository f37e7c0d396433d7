import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutPicture, LAYERS, type Rectangle, type Standing } from "./picture-layout.ts";
import { pathPoint } from "./picture-paths.ts";

const layer = fc.constantFrom(...LAYERS);
const domains = fc.uniqueArray(fc.record({ domain: fc.nat(95), incarnation: fc.nat(1000), layer }), { maxLength: 96, selector: (one) => one.domain });
const room = fc.record({ width: fc.integer({ min: 280, max: 3000 }), height: fc.integer({ min: 100, max: 2000 }) });
const calls = fc.array(fc.record({ from: fc.nat(99), to: fc.nat(99) }), { maxLength: 60 });

const inside = (inner: Rectangle, outer: Rectangle) =>
  inner.x >= outer.x - 1e-6 && inner.y >= outer.y - 1e-6 && inner.x + inner.width <= outer.x + outer.width + 1e-6 && inner.y + inner.height <= outer.y + outer.height + 1e-6;
const apart = (a: Rectangle, b: Rectangle) => a.x + a.width <= b.x + 1e-6 || b.x + b.width <= a.x + 1e-6 || a.y + a.height <= b.y + 1e-6 || b.y + b.height <= a.y + 1e-6;

describe("the picture's layout", () => {
  it("puts each domain once, inside the band of its layer", () => {
    fc.assert(fc.property(domains, calls, room, (standing, called, size) => {
      const picture = layoutPicture(standing, called, size);
      expect(picture.boxes.map((box) => box.domain).sort()).toEqual(standing.map((one) => one.domain).sort());
      for (const box of picture.boxes) {
        const band = picture.bands.find((one) => one.layer === standing.find((each) => each.domain === box.domain)!.layer)!;
        expect(inside(box, band)).toBe(true);
      }
    }));
  });

  it("lets no boxes and no bands overlap, and stays within its width", () => {
    fc.assert(fc.property(domains, room, (standing, size) => {
      const { boxes, bands, width, height } = layoutPicture(standing, [], size);
      for (const set of [boxes, bands]) {
        set.forEach((one, index) => {
          expect(inside(one, { x: 0, y: 0, width, height })).toBe(true);
          for (const other of set.slice(index + 1)) expect(apart(one, other)).toBe(true);
        });
      }
    }));
  });

  it("keeps the layers in their order, processes on top", () => {
    expect(layoutPicture([], [], { width: 800, height: 600 }).bands.map((band) => band.layer)).toEqual(LAYERS);
  });

  it("does not move servers sideways when a process comes", () => {
    fc.assert(fc.property(domains, room, (standing, size) => {
      const used = new Set(standing.map((one) => one.domain));
      const free = Array.from({ length: 96 }, (_, index) => index).find((index) => !used.has(index));
      fc.pre(free !== undefined);
      const newcomer: Standing = { domain: free!, incarnation: 2000, layer: "process" };
      const columns = (all: Standing[]) => layoutPicture(all, [], size).boxes
        .filter((box) => standing.some((one) => one.domain === box.domain && one.layer === "server")).map(({ domain, x }) => ({ domain, x }));
      expect(columns([...standing, newcomer])).toEqual(columns(standing));
    }));
  });

  it("draws a path for each call between two boxes, from edge to edge in joined curves", () => {
    fc.assert(fc.property(domains, calls, room, (standing, called, size) => {
      const { paths, boxes } = layoutPicture(standing, called, size);
      const known = new Set(standing.map((one) => one.domain));
      expect(paths.length).toBe(called.filter(({ from, to }) => from !== to && known.has(from) && known.has(to)).length);
      for (const { from, to, cubics } of paths) {
        for (const [point, domain] of [[cubics[0].start, from], [cubics.at(-1)!.end, to]] as const) {
          const box = boxes.find((one) => one.domain === domain)!;
          expect(point.x > box.x && point.x < box.x + box.width).toBe(true);
          expect([box.y, box.y + box.height]).toContain(point.y);
        }
        cubics.slice(1).forEach((cubic, index) => expect(cubic.start).toEqual(cubics[index].end));
      }
    }));
  });

  it("leads no path behind a box that it does not end at", () => {
    fc.assert(fc.property(domains, calls, room, (standing, called, size) => {
      const { paths, boxes } = layoutPicture(standing, called, size);
      for (const path of paths) {
        for (let part = 0; part <= 40; part++) {
          const { x, y } = pathPoint(path, part / 40);
          expect(boxes.some((box) => box.domain !== path.from && box.domain !== path.to && x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1)).toBe(false);
        }
      }
    }));
  });

  it("takes less height where there is little", () => {
    const standing = Array.from({ length: 12 }, (_, domain): Standing => ({ domain, incarnation: domain, layer: domain < 2 ? "process" : "server" }));
    expect(layoutPicture(standing, [], { width: 620, height: 420 })).toMatchObject({ compact: true });
    expect(layoutPicture(standing, [], { width: 620, height: 420 }).height).toBeLessThanOrEqual(420);
    expect(layoutPicture(standing, [], { width: 900, height: 900 }).compact).toBe(false);
  });
});
