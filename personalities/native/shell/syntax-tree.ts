// What the parser makes of a script. Plain data only, so that a tree can be handed to another process as JSON.

export type Part =
  /** Text as it stands: subject to tilde and pathname expansion. */
  | { type: "literal"; text: string }
  /** Text that was quoted: stands for itself. */
  | { type: "quoted"; text: string }
  /** "…" */
  | { type: "double"; parts: Part[] }
  /** $name, ${name}, ${name OPERATOR word}; operator "#name" is the length. */
  | { type: "parameter"; name: string; operator?: ParameterOperator; word?: Word; second?: Word }
  /** $(…) and `…` */
  | { type: "command"; body: List }
  /** $((…)) */
  | { type: "arithmetic"; parts: Part[] };

/** "length" is ${#x}; "substring" ${x:word:second}; "replace" ${x/word/second}. The rest are as written. */
export type ParameterOperator =
  "-" | ":-" | "=" | ":=" | "?" | ":?" | "+" | ":+" | "%" | "%%" | "#" | "##" | "length" | "substring" | "replace" | "replace-all";

export interface Word { parts: Part[] }

export interface Assignment { name: string; value: Word }

export type RedirectionOperator = "<" | ">" | ">>" | ">|" | "<>" | "<&" | ">&" | "<<" | "<<<" | "&>";

export interface Redirection {
  /** -1: the operator's default (0 or 1). */
  fd: number;
  operator: RedirectionOperator;
  /** File name, descriptor, or the text of a here-document. */
  target: Word;
}

export interface Simple { type: "simple"; assignments: Assignment[]; words: Word[]; redirections: Redirection[]; line: number }

export type Command =
  | Simple
  | { type: "subshell"; body: List; redirections: Redirection[] }
  | { type: "group"; body: List; redirections: Redirection[] }
  | { type: "if"; branches: { condition: List; body: List }[]; otherwise: List | undefined; redirections: Redirection[] }
  | { type: "loop"; until: boolean; condition: List; body: List; redirections: Redirection[] }
  /** words undefined: "$@". */
  | { type: "for"; name: string; words: Word[] | undefined; body: List; redirections: Redirection[] }
  | { type: "case"; subject: Word; clauses: { patterns: Word[]; body: List; fallThrough: boolean }[]; redirections: Redirection[] }
  | { type: "function"; name: string; body: Command; redirections: Redirection[] };

export interface Pipeline { negated: boolean; timed: boolean; commands: Command[] }

export interface AndOr { first: Pipeline; rest: { operator: "&&" | "||"; pipeline: Pipeline }[] }

/** `text` is the source, for the list of jobs. */
export interface Item { andOr: AndOr; background: boolean; text: string }

export type List = Item[];
