// As much of Markdown as the checks of the documentation need.

/** The text without fenced blocks and code spans, line by line as it was. */
function prose(text: string): string {
  return text.replace(/^(```|~~~)[^]*?^\1.*$/gm, (block) => block.replace(/[^\n]/g, "")).replace(/`[^`\n]*`/g, "");
}

export interface Link { readonly target: string; readonly line: number }

/** Links and images to files, not to other sites. */
export function links(text: string): Link[] {
  return prose(text).split("\n").flatMap((line, i) =>
    [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/g)]
      .map((match) => (match[1] ?? match[2])!)
      .filter((target) => !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target))
      .map((target) => ({ target, line: i + 1 })));
}

/** The anchors that headings get, as GitHub makes them. */
export function headings(text: string): string[] {
  const seen = new Map<string, number>();
  const withoutBlocks = text.replace(/^(```|~~~)[^]*?^\1.*$/gm, "");
  return [...withoutBlocks.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, title]) => {
    const anchor = title!.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count ? `${anchor}-${count}` : anchor;
  });
}
