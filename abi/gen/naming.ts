// How one name is written in each place it appears. Definitions use camelCase (methods) and PascalCase (types).

/** fileSystem -> file-system, for file names. */
export function kebab(name: string): string { return name.replace(/[A-Z]/g, (c, at: number) => (at ? "-" : "") + c.toLowerCase()); }
/** fileSystem -> FILE_SYSTEM, for constants. */
export function constant(name: string): string { return kebab(name).replaceAll("-", "_").toUpperCase(); }
/** fileSystem -> FileSystem, for types. */
export function pascal(name: string): string { return name[0]!.toUpperCase() + name.slice(1); }
/** A parameter name that both languages accept: strict-mode JavaScript has no parameter `arguments`. */
export function parameter(name: string): string { return forbiddenParameters.has(name) ? name + "_" : name; }
export function hex(value: number, digits: number): string { return "0x" + value.toString(16).padStart(digits, "0"); }

const forbiddenParameters = new Set([
  "arguments", "eval", "new", "delete", "default", "function", "import", "export", "in", "with", "class", "enum", "switch", "case",
  "for", "if", "else", "do", "while", "return", "this", "super", "null", "true", "false", "var", "let", "const", "void", "typeof",
  "instanceof", "try", "catch", "finally", "throw", "break", "continue", "debugger", "extends", "static", "yield", "await",
]);
