// The shell against dash: the same scripts, the same output and status.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { allPrograms } from "../testing/all-programs.ts";
import { MemoryWorld, runInMemory } from "../testing/memory-system.ts";
import { hostHas, onHost } from "../testing/oracle.ts";
import type { Program } from "../api/program.ts";

const scripts: Readonly<Record<string, string>> = {
  "words are split and quoted": `x="a  b"; for i in $x "$x" '$x' \\$x; do echo "<$i>"; done`,
  "empty fields": `set -- "" a ""; echo $#; for i in "$@"; do echo "<$i>"; done; for i in $@; do echo "[$i]"; done`,
  "no parameters": `set --; for i in "$@" x"$@"y; do echo "<$i>"; done; echo "$#"`,
  "IFS of one character": `IFS=:; x="a::b:"; for i in $x; do echo "<$i>"; done; set -- 1 2 3; echo "$*"`,
  "IFS of blanks and others": `IFS=": "; x=" a : b:c  d "; for i in $x; do echo "<$i>"; done`,
  "defaults": `unset u; e=; echo \${u-a} \${u:-b} \${e-c} \${e:-d} \${u+e} \${e+f} \${e:+g}; echo \${u:=h}; echo $u; echo "\${u2:-"a b"}" \${u2:-a b}`,
  "affixes": `p=/usr/lib/a.tar.gz; echo \${p%.*} \${p%%.*} \${p#*/} \${p##*/} \${#p} "\${p%"gz"}" \${p%[a-z]*}`,
  "patterns in affixes are quoted by quotes": `x='a*b'; echo "\${x%'*'b}" \${x#"a*"} \${x#a*}`,
  "nested expansions": `a=1; b=\${a:+\${c:-"d $a"}}; echo "$b" \${#b}; echo "\${z:-\${y:-\${w:-deep}}}"`,
  "command substitution": `echo "$(echo "a b"; echo c)" $(echo "d  e") \`echo \\\`echo f\\\`\`; x=$(exit 3); echo $?; echo "$(printf 'x\\n\\n\\n')."`,
  "arithmetic": `x=5; echo $((1+2*3)) $((x*x-1)) $((7/2)) $((-7%3)) $((1<<4|3)) $((x>3?10:20)) $(( (2+3)*4 )) $((!x)) $((~x)) $((0x1f)) $((010)); echo $((x+=2)) $x; : $((y=x*2)); echo $y $((x==7&&y!=3))`,
  "globs": `touch b.txt a.txt c.doc .hid; echo *.txt; echo *; echo .h*; echo "*.txt" \\*.txt; echo [ab].txt [!a].txt nope*; mkdir d; touch d/x d/y; echo d/* */x`,
  "redirections": `echo one >f; echo two >>f; cat <f; cat f 2>&1 >/dev/null; { echo a; echo b >&2; } 2>&1 | sort; exec 5>g; echo five >&5; exec 5>&-; cat g; echo x 2>&1 1>&2 2>/dev/null`,
  "here-documents": `x=1; cat <<A; cat <<'B'; cat <<-C\n$x \\$x $(echo s) \`echo t\` $((x+1)) "q"\nA\n$x \\$x\nB\n\ttab\n\tC\necho end`,
  "here-document in a loop": `for i in 1 2; do cat <<E\nline $i\nE\ndone; while read a b; do echo "$b-$a"; done <<E\n1 2 3\n  4\nE`,
  "pipelines": `printf 'c\\na\\nb\\n' | sort | head -n 2; echo $?; false | true; echo $?; true | false; echo $?; ! false | false; echo $?; echo a b c | while read x y; do echo "$y"; z=1; done; echo "z=$z"`,
  "lists": `true && echo a || echo b; false && echo c || echo d; false || false || echo e; true; echo $?; false; echo $?; ! true; echo $?`,
  "if and case": `if false; then echo 1; elif true; then echo 2; else echo 3; fi; for x in apple banana 'c*' ''; do case $x in a*) echo A;; b?nana|z) echo B;; 'c*') echo C;; "") echo E;; *) echo other;; esac; done; case x in y) ;; esac; echo $?`,
  "loops": `i=0; while [ $i -lt 5 ]; do i=$((i+1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done; until [ $i = 0 ]; do i=$((i-1)); done; echo $i; for a in 1 2; do for b in x y; do [ $b = y ] && continue 2; echo $a$b; done; done; for q in; do echo no; done; echo $?`,
  "functions": `f() { echo "f $# $1"; return 4; }; f a b; echo $?; g() { local v=in; h; echo $v; }; h() { v=changed; }; v=out; g; echo $v; set -- p q; k() { shift; echo $1; }; k 1 2; echo $1; r() { [ $1 = 0 ] && return; echo $1; r $(($1-1)); }; r 3; fr() (x=sub; exit 5); fr; echo $? $x`,
  "subshells": `x=1; (x=2; cd /; echo $x); echo $x; (exit 3); echo $?; (echo a; (echo b; exit 2); echo $?); y=$(x=9; echo $x); echo $x $y`,
  "errexit": `set -e; false || true; if false; then :; fi; ! true; f() { false; echo not; }; f || echo handled; (false; echo unreached) || echo sub; x=$(false) || echo subst; echo before; false; echo after`,
  "nounset": `set -u; echo \${x-ok}; echo $x; echo not reached`,
  "eval and quoting": `c='echo "a  b" \\$x'; x=5; eval "$c"; eval 'y=$x'; echo $y; eval; echo $?`,
  "exit and traps": `trap 'echo bye $?' EXIT; trap -- '' INT; echo hi; (trap 'echo sub' EXIT; echo in); exit 7`,
  "set and shift": `set -- a b c d; shift; echo $*; shift 2; echo $# $1; set -- -x y; echo $1 $2; set -f; echo *; set +f`,
  "read": `printf 'a b c\\nd\\\\\\ne f\\n' | { read x y; echo "$x|$y"; read -r z; echo "$z"; read w; echo "$w"; read n; echo "$?[$n]"; }; echo "a:b:c" | { IFS=: read p q; echo "$p $q"; }; echo "  sp  " | { read s; echo "[$s]"; }; echo "a:b:" | { IFS=: read p q; echo "[$p][$q]"; }`,
  "getopts": `f() { while getopts ab:c o; do echo "$o $OPTARG"; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -bval -c x y; OPTIND=1; f -b sep -ac -- -z; OPTIND=1; while getopts :x:y o -q -x; do echo "$o $OPTARG"; done`,
  "test": `[ a = a ] && echo 1; [ a != b ] && echo 2; [ 3 -lt 10 ] && echo 3; [ -z "" ] && echo 4; [ -n x -a 1 -eq 1 ] && echo 5; [ ! -e nope ] && echo 6; [ ] || echo 7; [ "(" = "(" ] && echo 8; test -d . -o -f nope && echo 9; [ x ]; echo $?; [ 1 -eq a ] 2>/dev/null; echo $?`,
  "printf and echo": `printf '%s-%s\\n' a b c; printf '%5d|%-5s|%05.1f|%x|%o|%c\\n' 42 ab 3.14159 255 8 xyz; printf '%b' 'a\\tb\\n'; printf '%%\\n'; printf '\\101\\n'; echo 'a\\tb\\c'; echo; echo -n x; printf '%d\\n' 0x10 010 "'A"; printf '%.2s|\\n' abcdef`,
  "tilde": `HOME=/h; echo ~ ~/x "~" '~'/x a~ x=~; v=~/a:~/b; echo $v; cd /; echo ~+ 2>/dev/null`,
  "special parameters": `set -- a b; echo $# "$*" "$@" $0; echo "\${#}" "\${1}\${2}" \${10}x "$10"; f() { echo $#; }; f "$@" c; true; echo $?; (exit 9); echo $?`,
  "aliases": `alias hi='echo hello'\nhi there\nunalias hi\nalias ll='echo l ' x=world\nll x`,
  "comments and continuation": `echo a # comment\necho b#c \\\n  d # e\n# whole line\necho 'multi\nline'`,
  "times and colon": `: a b > made; [ -f made ] && echo made; : \${v:=set}; echo $v`,
  "not found": `nosuchcommand 2>/dev/null; echo $?; ./nosuch 2>/dev/null; echo $?; mkdir dir; ./dir 2>/dev/null; echo $?; echo x > noexec; ./noexec 2>/dev/null; echo $?`,
  "scripts without a mark": `printf 'echo script $1 $#\\nexit 6\\n' > s; chmod +x s; ./s a b; echo $?; . ./s`,
  "syntax errors": `eval 'if' 2>/dev/null; echo no`,
  "unset and readonly": `x=1; unset x; echo [$x]; f() { echo f; }; unset -f f; f 2>/dev/null; echo $?; readonly r=5; echo $r; (r=6) 2>/dev/null; echo $?`,
  "export": `x=1; export y=2; z=3 sh -c 'echo [$x][$y][$z]'; echo [$z]; export x; sh -c 'echo $x'; y=9 sh -c 'echo $y'; echo $y`,
  "background and wait": `true & wait $!; echo $?; (exit 5) & wait $!; echo $?; { echo bg; } & wait; echo done`,
  "sh -c with arguments": `sh -c 'echo $0 $1 $#' name a b; echo 'echo from stdin $1' | sh -s arg; sh -c 'exit 12'; echo $?`,
  "xtrace": `set -x; x="a b"; echo "$x" c 2>&1; y=1 true; { set +x; } 2>/dev/null`,
  "cd": `mkdir -p m/n; cd m/n; cd ..; basename "$PWD"; cd - >/dev/null; basename "$PWD"; cd /; pwd; cd nope 2>/dev/null; echo $?`,
  "pathological quoting": `echo "a'b"'c"d'e\\'f"\\"g\\$h\\\\i"; echo "\\a \\n"; echo a""b ''; echo "$(echo "$(echo "deep 'q'")")"; x='$(echo no)'; echo $x "\${x}"`,
  "case patterns from variables": `p='a*'; case abc in $p) echo m;; esac; case abc in "$p") echo no;; *) echo literal;; esac; case ']' in []]) echo br;; esac; case a-b in [a-c]-[!x]) echo r;; esac; case 'a\\b' in a\\\\b) echo bs;; esac`,
  "assignment of substitutions": `a=$(echo 1) b=$a; echo $a $b; a="x y" ; c=$a; echo "$c"; d=*; echo "$d"; e=$*; echo [$e]`,
  "umask and kill": `umask 027; umask; kill -l 9; kill -l 130; umask u=rwx,go=; umask`,
  "command and type": `command echo hi; command -v echo >/dev/null; echo $?; command -v nosuchthing; echo $?; f() { :; }; command -v f; type nosuchthing >/dev/null 2>&1; echo $?`,
};

const available = hostHas("dash");
let programs: Record<string, Program>;
beforeAll(async () => { programs = await allPrograms(); });

function ours(script: string): { status: number; output: string } {
  const world = new MemoryWorld(programs);
  world.files.makeDirectory(world.files.root, "/work", 0o755);
  world.write("/bin/sh", "#!grail sh\n", 0o755);
  const result = runInMemory(world, ["sh", "-c", script], { directory: "/work", env: new Map([["PATH", "/usr/bin"], ["HOME", "/root"], ["LC_ALL", "C"]]) });
  return { status: result.status, output: result.output };
}

function theirs(script: string): { status: number; output: string } {
  // Scripts run `sh`: let that be dash too, whatever the host's is.
  const { status, output } = onHost(["dash", "-c", script]);
  return { status, output: Buffer.from(output, "latin1").toString("utf8").replaceAll(/^dash( |$)/gm, "sh$1") };
}

/** Where dash and bash differ, either is right. */
function expectEither(script: string): void {
  const actual = ours(script);
  const expected = theirs(script);
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  const { status, output } = onHost(["bash", "--posix", "-c", script]);
  expect([expected, { status, output: Buffer.from(output, "latin1").toString("utf8") }]).toContainEqual(actual);
}

describe.skipIf(!available)("the shell does as dash does", () => {
  for (const [title, script] of Object.entries(scripts)) {
    test(title, () => {
      const expected = theirs(script);
      const actual = ours(script);
      expect({ ...actual, output: actual.output.replaceAll(/\b(?:da)?sh\b/g, "sh") }).toEqual({ ...expected, output: expected.output.replaceAll(/\b(?:da)?sh\b/g, "sh") });
    });
  }

  test("for any words of quotes, parameters and blanks", () => {
    const atom = fc.constantFrom("a", "b c", "$x", "${x}", "${y:-d e}", "${x#a}", "${x%b}", "${#x}", "'q r'", '"$x"', '"$y z"', "\\ ", "\\$", '""', "''", "$e", '"$e"', "$((1+2))", "$(echo s t)", '"$(echo s  t)"', "${x+p q}", '"${x+p q}"', "$*", '"$@"', ":", "=", "~", "-", ".");
    const value = fc.constantFrom("", "a", "a b", " a b ", "ab", "a:b", ":a::b:", "  ");
    fc.assert(fc.property(fc.array(atom, { maxLength: 6 }), value, fc.constantFrom(" \t\n", ":", ": ", ""), (atoms, x, separators) => {
      const script = `HOME=/h; e=; x='${x}'; set -- 1 '2 3'; IFS='${separators}'; for w in ${atoms.join("")}; do printf '<%s>\\n' "$w"; done`;
      expectEither(script);
    }), { numRuns: 150 });
  }, 120_000);

  test("for any arithmetic", () => {
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof({ maxDepth: 4 }, fc.integer({ min: 0, max: 50 }).map(String), fc.constantFrom("x", "y"),
        fc.tuple(tie("expression"), fc.constantFrom("+", "-", "*", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "&", "|", "^"), tie("expression")).map(([a, o, b]) => `(${a} ${o} ${b})`),
        fc.tuple(fc.constantFrom("-", "!", "~"), tie("expression")).map(([o, a]) => `${o}(${a})`),
        fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`)),
    }));
    fc.assert(fc.property(expression, (text) => {
      const script = `x=3; y=-7; echo $((${text}))`;
      expect(ours(script)).toEqual(theirs(script));
    }), { numRuns: 100 });
  }, 120_000);

  test("for any program of simple commands, lists, loops, functions and subshells", () => {
    const { list } = fc.letrec<{ list: string; command: string; simple: string }>((tie) => ({
      simple: fc.constantFrom("true", "false", "echo $?", "echo a$x", "x=1", "y=$((${#x}+1))", "echo $x$y", "y=$(echo $x; false)", "f", "f 1 2", "echo $#$1", "break", "continue", "(exit 4)", "set -- p q r", "unset x", "echo $(f)", "z=2 f", "echo ${z-none}", "echo err >&2", "test $x = 2", "[ -n \"$x\" ]", "! true", "eval 'echo e$x'", "export x", "cat <<E\n$x\nE"),
      command: fc.oneof({ depthSize: "xsmall", maxDepth: 4 }, tie("simple"),
        fc.tuple(tie("command"), fc.constantFrom("&&", "||"), tie("command")).map(([a, o, b]) => (/\n/.test(a) ? a : `${a} ${o} ${b}`)),
        tie("list").map((body) => `{ ${body}\n}`), tie("list").map((body) => `( ${body}\n)`), tie("list").map((body) => `( ${body}\n) | cat`),
        fc.tuple(tie("list"), tie("list"), tie("list")).map(([a, b, c]) => `if ${a}\nthen ${b}\nelse ${c}\nfi`),
        tie("list").map((body) => `for i in 1 2 3; do echo $i; ${body}\ndone`),
        tie("list").map((body) => `case $x in 1) ${body}\n;; *) echo other;; esac`), tie("list").map((body) => `x=$( ${body}\n)`)),
      list: fc.array(tie("command"), { minLength: 1, maxLength: 2 }).map((all) => all.join("\n")),
    }));
    fc.assert(fc.property(list, list, (body, program) => {
      // A function that calls itself would never end.
      const safe = body.replaceAll(/\bf\b(?!i|or)/g, "echo g");
      expectEither(`x=; y=; f() { echo "f$#"; ${safe}\n}\n${program}\necho "end $? $x $y"`);
    }), { numRuns: 60 });
  }, 120_000);

  test("for any read", () => {
    const line = fc.array(fc.constantFrom("a", "b", " ", "  ", ":", "\\a", "\t"), { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(fc.property(line, fc.constantFrom(" \t\n", ":", ": "), fc.integer({ min: 1, max: 3 }), fc.boolean(), (text, separators, count, raw) => {
      const script = `printf '%s\\n' '${text}' | { IFS='${separators}' read ${raw ? "-r " : ""}${["p", "q", "r"].slice(0, count).join(" ")}; printf '<%s>' "$p" "$q" "$r"; }`;
      expectEither(script);
    }), { numRuns: 100 });
  }, 120_000);
});
