// The echo server in TypeScript, and what it must answer whatever language it is written in.
import type { EchoHandlers } from "../../generated/ts/server/echo.ts";
import { Errors } from "../../generated/ts/errors.ts";
import type { Failure } from "../../generated/ts/message.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export const echoHandlers: EchoHandlers = {
  nothing: () => ({ error: 0 }),
  scalars: (_, tiny, short, word, signed, long, signedLong, yes) => ({ error: 0, tiny, short, word, signed, long, signedLong, yes }),
  words: (_, a, b, c, d, e, f, g, h) => ({ error: 0, a, b, c, d, e, f, g, h }),
  enumerations: (_, color, flags) => ({ error: 0, color, flags }),
  caps: (_, first, second, third, fourth) => ({ error: 0, first, second, third, fourth }),
  bytes: (context, data) => ({ error: 0, data: data.subarray(0, context.room) }),
  text: (_, text) => ({ error: 0, length: encode(text).length, text }),
  record: (_, record) => ({ error: 0, record }),
  mixed: (context, first, number, object, second, color, other) => {
    const after = encode(second), joined = new Uint8Array(first.length + after.length);
    joined.set(first);
    joined.set(after, first.length);
    return { error: 0, object, joined: joined.subarray(0, context.room), number, other, color };
  },
  fail: (_, number) => number === 0 || number > 255 ? { error: Errors.BadArgument } : { error: number } as Failure,
  arguments: (_, value) => ({ error: 0, arguments: value }),
};
