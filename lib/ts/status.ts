// Errors of abi/idl/errors.ts as servers and programs handle them. A status that crosses a protection boundary is negative; an error in a
// handler's result is positive. Use these instead of literal numbers.

import type { ErrorNumber } from "../../abi/generated/ts/errors.ts";
import { errors, type ErrorName } from "../../abi/idl/errors.ts";

const namesByNumber = new Map<number, ErrorName>(Object.entries(errors).map(([name, definition]) => [definition.number, name as ErrorName]));

/** The positive number of an error. */
export function errorNumber(name: ErrorName): ErrorNumber { return errors[name].number; }

/** A handler's refusal: `{ error }`. */
export function refuse(name: ErrorName): { readonly error: ErrorNumber } { return { error: errors[name].number }; }

/** The same for a system call's status, which must be negative. */
export function refuseWith(status: number): { readonly error: ErrorNumber } { return { error: -status as ErrorNumber }; }

/** The status (negative) of an error. */
export function failure(name: ErrorName): number { return -errors[name].number; }

/** Name of a status or of an error number: "Ok", "NotFound" …; `error 77` for one that is not in the list. */
export function errorName(status: number): string {
  return status === 0 ? "Ok" : namesByNumber.get(Math.abs(status)) ?? `error ${Math.abs(status)}`;
}

/** The cause, in words: for messages to people. */
export function errorCause(status: number): string {
  const name = namesByNumber.get(Math.abs(status));
  return name ? errors[name].cause : errorName(status);
}
