// The names of the native programs: the build makes one file `/usr/bin/NAME` with the contents `#!grail NAME\n` for each, and
// main.ts refuses any other. The list is data only (it imports nothing), so that build tools may read it cheaply;
// programs.test.ts holds it equal to the table in programs.ts.

export const programNames: readonly string[] = [
  "[", "base64", "basename", "bench", "c++", "caps", "cat", "cc", "chmod", "clang", "clang++", "clear", "cmp", "comm", "cp", "cut", "date", "dd", "df",
  "diff", "dirname", "disk", "du", "echo", "egrep", "env", "expr", "false", "fgrep", "find", "fold", "fsck.ext2", "fsck.fat", "grep", "gunzip", "gzip", "head", "hexdump", "hostname",
  "id", "ipccount", "ipcstat", "kill", "less", "ln", "ls", "md5sum", "mkdir", "mkfs.ext2", "mkfs.fat", "mktemp", "mount", "mv", "nl", "od", "paste", "place", "printenv", "printf", "ps",
  "pwd", "readlink", "realpath", "rev", "rm", "rmdir", "sed", "seq", "servers", "sh", "sha256sum", "sleep", "sort", "split", "stat", "stty", "sync",
  "tac", "tail", "tar", "tee", "test", "time", "timeout", "touch", "tr", "trace", "true", "truncate", "tty", "umount", "uname", "uniq", "wc", "which", "whoami",
  "xargs", "xxd", "yes",
];

/** What `/usr/bin/NAME` holds. */
export function programFile(name: string): string { return `#!grail ${name}\n`; }
