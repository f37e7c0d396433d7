// Groups of servers that are linked: compiled into one module, running as one domain with one endpoint. The name of a group's image is its
// members' names joined by `+`; the place of a member in it is the member's number. The upper bits of a badge say whose it is, so the
// capability to call a member, which alone would have badge 0, has its root badge.

/** Bits of a badge that belong to a member of a group. Servers by themselves use 31 (lib/assembly/ipc/badge-bits.ts). */
export function badgeBits(members: number): number { return 32 - Math.ceil(Math.log2(members)); }

/** What a capability to member `member` of a group of `members` is minted with, as the kernel takes it. */
export function rootBadge(member: number, members: number): number { return member === 0 ? 0 : (member << badgeBits(members)) | 0; }

/** The members of an image, in order; one that is no group has itself alone. */
export function membersOf(image: string): readonly string[] { return image.split("+"); }

/** The image of the group with exactly these members, in whatever order, if there is one. */
export function groupImage(members: readonly string[], images: Iterable<string>): string | undefined {
  const wanted = [...members].sort().join("+");
  for (const image of images) if (image.includes("+") && [...membersOf(image)].sort().join("+") === wanted) return image;
  return undefined;
}
