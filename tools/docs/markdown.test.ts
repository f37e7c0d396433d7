import { expect, it } from "vitest";
import { headings, links } from "./markdown.ts";

it("links are found outside of code, with their lines; those to other sites are left out", () => {
  const text = "see [a](b.md#c) and ![p](p.png \"title\")\n\n```\n[not](this)\n```\n`[nor](this)` [web](https://example.org)\n[r]: d/e.md\n";
  expect(links(text)).toEqual([{ target: "b.md#c", line: 1 }, { target: "p.png", line: 1 }, { target: "d/e.md", line: 7 }]);
});

it("headings have the anchors that GitHub gives them", () => {
  expect(headings("# What it *is*: `abi/`, again\n## Twice\n```\n# no\n```\n## Twice\n")).toEqual(["what-it-is-abi-again", "twice", "twice-1"]);
});
