// Numbers as text, for programs that have no memory but what they say themselves.

/** The number that a text of digits, ended by a zero, says. */
export function decimalOf(text: usize): i32 {
  let value = 0;
  for (; load<u8>(text); text++) value = value * 10 + load<u8>(text) - 48;
  return value;
}

/** Put a line with the number before `end`: where it begins. It has at most 21 bytes. */
export function decimalLine(value: u64, end: usize): usize {
  let at = end - 1;
  store<u8>(at, 10);
  do {
    store<u8>(--at, <u8>(48 + value % 10));
    value /= 10;
  } while (value);
  return at;
}
