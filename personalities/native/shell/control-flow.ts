// How a command leaves the commands around it. Thrown by builtins, caught by the loop, function, subshell or shell concerned.

export class BreakLoop { constructor(readonly levels: number) {} }
export class ContinueLoop { constructor(readonly levels: number) {} }
export class ReturnFromFunction { constructor(readonly status: number) {} }
export class ExitShell { constructor(readonly status: number, /** exec: the EXIT trap is not run. */ readonly replaced = false) {} }
/** ^C: an interactive shell gives up the line. */
export class LineInterrupted {}
