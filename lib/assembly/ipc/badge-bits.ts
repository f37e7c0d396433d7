// How many bits of a badge a server may use for its records. In a linked module (lib/assembly/linked) the bits above say whose record
// it is; the build then puts another number here.

export const BADGE_BITS: i32 = 31;
