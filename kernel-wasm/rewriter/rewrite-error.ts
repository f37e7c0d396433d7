/** The only thing that the rewriter throws: the module is malformed, or uses what the rewriter does not know. */
export class RewriteError extends Error {
  /** `offset`: of the byte in the module where it was noticed. */
  constructor(readonly offset: number, readonly reason: string) {
    super(`bad module at offset ${offset} (0x${offset.toString(16)}): ${reason}`);
    this.name = "RewriteError";
  }
}
