// What `time` and `times` print. Only elapsed time is known: the machine does not account a process's own.

export function describeTimes(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds) / 1e9;
  return `\nreal\t${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s\n`;
}

export function minutes(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds) / 1e9;
  return `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(6)}s`;
}
