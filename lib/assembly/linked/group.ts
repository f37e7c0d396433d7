// Figures of the group that a linked module is made of. The build puts the group's own here (tools/build/linked-servers.ts).

export const MEMBERS: i32 = 2;
/** Bits of a badge that belong to the member; those above are its number. */
export const BADGE_BITS: i32 = 31;
