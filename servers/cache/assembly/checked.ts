// The cache, and the check of its state: what tests compile. Not part of the image.

export { dispatch, init, serve, tick } from "./main";
export { brokenInvariant } from "./invariants";
