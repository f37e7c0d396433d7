// The other side of plain-caller: four words in, four words out in globals, as a message's are.

export let a: i64 = 0;
export let b: i64 = 0;
export let c: i64 = 0;
export let d: i64 = 0;

export function echo(endpoint: i32, label: i32, shape: i32): i32 { return shape == 4 && label ? 0 : endpoint; }
