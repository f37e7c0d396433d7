// The utilities against the host's: the same arguments and input, the same output and status.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Program } from "../api/program.ts";
import { allPrograms } from "../testing/all-programs.ts";
import { MemoryWorld, runInMemory } from "../testing/memory-system.ts";
import { hostHas, onHost } from "../testing/oracle.ts";

let programs: Record<string, Program>;
beforeAll(async () => { programs = await allPrograms(); });

type Files = Readonly<Record<string, string | Uint8Array>>;

function ours(args: readonly string[], input: string | Uint8Array, files: Files): { status: number; output: string; errors: string } {
  const world = new MemoryWorld(programs);
  world.files.makeDirectory(world.files.root, "/box", 0o755);
  for (const [name, contents] of Object.entries(files)) world.write(`/box/${name}`, contents);
  const result = runInMemory(world, args, { input, directory: "/box", env: new Map([["PATH", "/usr/bin"], ["HOME", "/root"], ["TZ", "UTC"]]) });
  return { status: result.status, output: Buffer.from(result.bytes).toString("latin1"), errors: result.errors };
}

function same(args: readonly string[], input: string | Uint8Array = "", files: Files = {}): void {
  const [actual, expected] = [ours(args, input, files), onHost(args, input, files)];
  expect({ command: args, status: actual.status, output: actual.output }, actual.errors + expected.errors).toEqual({ command: args, status: expected.status, output: expected.output });
}

/** The same script in our shell and the host's: what it leaves on standard output, with its complaints. */
function sameScript(script: string): void { same(["sh", "-c", `{ ${script}; } 2>&1`]); }

const word = fc.constantFrom("a", "b", "ab", "ba", "A", "", "10", "9", "2", "x y", " z", "foo", "Foo bar", "a.b", "a:b:c", "::", "-5", "1.5", "tab\there", "ünï", "[x]");
const text = fc.tuple(fc.array(word, { maxLength: 12 }), fc.boolean()).map(([lines, ends]) => lines.join("\n") + (ends && lines.length > 0 ? "\n" : ""));
/** GNU counts bytes where POSIX says characters. */
const ascii = text.map((one) => one.replaceAll("ünï", "uni"));
const bytes = fc.uint8Array({ maxLength: 300 });

/** Lines with bytes that are no UTF-8 among characters of all lengths. */
const mixed = fc.array(fc.array(fc.constantFrom([0x61], [0x62], [0x20], [0xff], [0xfc], [0xc3], [0x80], [0xc3, 0xbc], [0xe4, 0xb8, 0x80], [0xee, 0x80, 0x80], [0xf0, 0x9f, 0x8e, 0x81]), { maxLength: 5 }), { minLength: 1, maxLength: 12 })
  .map((lines) => Uint8Array.from(lines.flatMap((line) => [...line.flat(), 10])));

/** One case: arguments by choice, standard input by chance. */
function property(title: string, command: string, options: readonly (readonly string[])[], input: fc.Arbitrary<string | Uint8Array> = text, runs = 40): void {
  test.skipIf(!hostHas(command))(title, () => {
    fc.assert(fc.property(fc.constantFrom(...options), input, (args, data) => same([command, ...args], data)), { numRuns: runs });
  }, 120_000);
}

describe("filters give what the host's give", () => {
  property("cat", "cat", [[], ["-n"], ["-b"], ["-s"], ["-E"], ["-A"]]);
  property("cat of any bytes", "cat", [[]], bytes);
  property("wc", "wc", [[], ["-l"], ["-w"], ["-c"], ["-lw"], ["-lc"]]);
  property("wc of any bytes", "wc", [["-l"], ["-c"]], bytes);
  property("head", "head", [[], ["-n", "3"], ["-n3"], ["-c", "5"], ["-n", "0"]]);
  property("tail", "tail", [[], ["-n", "3"], ["-n3"], ["-c", "5"], ["-n", "+2"], ["-c", "+3"], ["-n", "0"]]);
  property("sort", "sort", [[], ["-r"], ["-n"], ["-u"], ["-nr"], ["-f"], ["-k2"], ["-t:", "-k2"], ["-t", ":", "-k2,2", "-k1,1r"], ["-nu"], ["-b"], ["-d"], ["-k1.2"], ["-s", "-n"], ["-h"], ["-V"]].filter(([one]) => one !== "-V"), ascii, 120);
  property("uniq", "uniq", [[], ["-c"], ["-d"], ["-u"], ["-i"], ["-f1"], ["-s1"], ["-w1"]], ascii);
  property("cut", "cut", [["-c1-2"], ["-b2"], ["-d:", "-f2"], ["-d", ":", "-f1,3"], ["-d:", "-f2-", "-s"], ["-c-2"], ["-c3-"], ["-f1"]], ascii);
  property("tr", "tr", [["a-z", "A-Z"], ["-d", "a"], ["-s", "a"], ["-cd", "a-z\\n"], ["-s", "ab", "xy"], ["[:lower:]", "[:upper:]"], ["a-c", "x"], ["\\n", ","], ["-d", "[:digit:]"], ["-s", "[:space:]"]]);
  property("tr of any bytes", "tr", [["\\000-\\010", "x"], ["-d", "\\200-\\377"], ["-c", "[:print:]", "."]], bytes);
  property("grep", "grep", [["a"], ["-v", "a"], ["-n", "b"], ["-c", "a"], ["-i", "FOO"], ["-w", "a"], ["-x", "a"], ["-E", "a|b+"], ["-F", "a.b"], ["-o", "[ab]"], ["a\\{2\\}"], ["^$"], ["-E", "^(a|b)"], ["-e", "a", "-e", "b"], ["[[:digit:]]"], ["a*b"], ["-m1", "a"], ["-q", "a"], ["[]x[]"], ["\\(a\\)\\1"], ["-E", "(a)(b)?"]], text, 120);
  property("sed", "sed", [["s/a/X/"], ["s/a/X/g"], ["-n", "2p"], ["2,3d"], ["$!d"], ["/a/d"], ["s/\\(a\\)\\(b\\)/\\2\\1/"], ["-E", "s/(a|b)+/<&>/g"], ["y/ab/xy/"], ["1!G;h;$!d"], ["-n", "$="], ["s/./&&/2"], ["/a/,/b/s/^/> /"], ["a\\\nadded"], ["i\\\nbefore"], ["2q"], ["N;s/\\n/+/"], ["n;d"], ["s/b*/x/g"], ["-n", "/a/{=;p}"], ["2c\\\nchanged"], ["0~2d"].slice(0, 0).concat("3d"), ["s,a,/,"], ["$d"], ["G"], [":t;s/aa/a/;tt"], ["s/[^:]*$//"], ["/^$/d"]], ascii.map((one) => (one === "" || one.endsWith("\n") ? one : one + "\n")), 160);
  property("sed, whose last line may not end", "sed", [["s/a/X/"], ["-n", "p"], ["$d"], ["p"], ["-n", "/a/{=;p}"], ["2,3d"]], ascii);
  property("nl", "nl", [[], ["-ba"]]);
  property("fold", "fold", [["-w3"], ["-sw5"]], fc.array(fc.constantFrom("abc def", "a", "", "long line of words"), { maxLength: 5 }).map((lines) => lines.map((one) => one + "\n").join("")));
  property("tac", "tac", [[]]);
  property("paste", "paste", [["-s"], ["-sd,"], ["-", "-"]]);
  property("cat of bytes that are no UTF-8", "cat", [["-n"], ["-A"], ["-v"]], mixed);
  property("sort of bytes that are no UTF-8", "sort", [[], ["-r"], ["-u"], ["-k2"], ["-t", "a", "-k2"]], mixed, 120);
  property("uniq of bytes that are no UTF-8", "uniq", [[], ["-c"], ["-d"]], mixed);
  property("cut of bytes that are no UTF-8", "cut", [["-b1"], ["-b2-3"], ["-da", "-f1"], ["-da", "-f2-", "-s"]], mixed);
  property("fold -b of bytes that are no UTF-8", "fold", [["-bw2"], ["-bw3"]], mixed);
  property("sed of bytes that are no UTF-8", "sed", [["s/a/X/"], ["s/ä*b/ü/g"], ["$!d"], ["-n", "/a/p"], ["G;h"], ["s/ü/x/"]], mixed);
  property("grep of bytes that are no UTF-8", "grep", [["-a", "a"], ["-ac", "ü"], ["-av", "b"], ["-aF", "一"], ["-an", "^a"]], mixed);
  property("tac of bytes that are no UTF-8", "tac", [[]], mixed);
  property("paste of bytes that are no UTF-8", "paste", [["-s"], ["-", "-"]], mixed);
  property("nl of bytes that are no UTF-8", "nl", [["-ba"]], mixed);
  property("head of bytes that are no UTF-8", "head", [["-n", "3"], ["-n", "-2"], ["-c", "5"]], mixed);
  property("base64", "base64", [[], ["-w0"], ["-w", "10"]], bytes);
  property("od", "od", [[], ["-c"], ["-tx1"], ["-An", "-tx1"], ["-b"], ["-tu1"], ["-td2"], ["-Ad", "-tx4"]], bytes);
  property("md5sum", "md5sum", [[]], bytes, 10);
  property("sha256sum", "sha256sum", [[]], bytes, 10);
  property("xxd", "xxd", [[], ["-p"], ["-c8"], ["-g1"]], bytes);
  property("hexdump", "hexdump", [["-C"], []], bytes);
});

describe("bytes that are no UTF-8", () => {
  /** What a script leaves on standard output, as bytes in hexadecimal digits. */
  const bytesOf = (script: string, input: readonly number[] = [], files: Files = {}): string => {
    const { status, output, errors } = ours(["sh", "-c", script], Uint8Array.from(input), files);
    expect(status, `${script}: ${errors}`).toBe(0);
    return Buffer.from(output, "latin1").toString("hex");
  };

  test.each([
    ["in a pattern find those in a line", "grep $'\\xfc'", [0x61, 0xfc, 10, 0x62, 10], "61fc0a"],
    ["in a file of patterns do as well", "printf '\\374\\n' > p; grep -f p", [0x61, 0xfc, 10, 0x62, 10], "61fc0a"],
    ["are found whatever stands beside them", "grep -o $'\\xfc'", [0xc3, 0xbc, 0xfc, 10], "fc0a"],
    ["are no characters to print", "grep '[^[:print:]]'", [0x61, 0xfc, 10, 0xc3, 0xbc, 10], "61fc0a"],
    ["that replace text leave the rest of a line as it is", "sed s/x/$'\\xff'/", [0xfc, 0x78, 0xe9, 10], "fcffe90a"],
    ["stay as they are where a character is put", "sed s/x/→/", [0xfc, 0x78, 10], "fce286920a"],
    ["delimit fields", "cut -d $'\\xff' -f2", [0x61, 0xff, 0x62, 10], "620a"],
    ["are sorted among the lines of another file", "sort - text", [0xfc, 10], "c3bc0afc0a"],
    ["stay when edited in place", "cat > f; sed -i s/a/ü/ f; cat f", [0xfc, 0x61, 0x80, 0, 0xff, 10, 0xff], "fcc3bc8000ff0aff"],
    ["become arguments", "xargs -n1 echo", [0xfc, 0x20, 0xc3, 0xbc, 10], "fc0ac3bc0a"],
  ])("%s", (_, script, input, output) => { expect(bytesOf(script, input, { text: "ü\n" })).toBe(output); });

  test.each([
    ["xargs", "xargs echo"], ["$(…)", "echo \"$(cat)\""], ["read", "read x; echo \"$x\""], ["grep -f", "cat > p; grep -f p p"], ["sed", "sed -n p"], ["sed -i", "cat > f; sed -i s/b/b/ f; cat f"], ["tar", "read x; echo > \"$x\"; tar cf t.tar \"$x\"; rm \"$x\"; tar xf t.tar; ls | grep -v tar"],
  ])("a mark of byte order is kept by %s", (_, script) => { expect(bytesOf(script, [0xef, 0xbb, 0xbf, 0x61, 10])).toBe("efbbbf610a"); });

  test("a mark of byte order before a script is none of it", () => {
    expect(bytesOf("sh ./s; . ./s", [], { s: "\ufeffecho a\n" })).toBe("610a610a");
  });

  test("what lies in files of two kinds is compared by its bytes", () => {
    expect(bytesOf("comm -12 a b", [], { a: Uint8Array.of(0x80, 10, 0xe4, 0xb8, 0x80, 10), b: Uint8Array.of(0x80, 10, 0xe4, 0xb8, 0x80, 10, 0xff, 10) })).toBe("800ae4b8800a");
  });
});

describe("commands on files give what the host's give", () => {
  const files = { a: "one\ntwo\nthree\n", b: "one\n2\nthree\nfour\n", c: "one\ntwo\nthree\n", empty: "" };
  const cases: readonly (readonly string[])[] = [
    ["cmp", "a", "b"], ["cmp", "a", "c"], ["cmp", "-s", "a", "b"], ["cmp", "-l", "a", "b"], ["diff", "a", "b"], ["diff", "a", "c"], ["diff", "a", "empty"], ["diff", "empty", "b"], ["diff", "-q", "a", "b"],
    ["wc", "a", "b"], ["wc", "-l", "a", "b"], ["head", "-n1", "a", "b"], ["tail", "-n", "1", "a", "b"], ["cat", "a", "b"], ["cat", "a", "nope"], ["sort", "a", "b"], ["comm", "a", "a"], ["comm", "-12", "a", "c"],
    ["grep", "-l", "two", "a", "b", "c"], ["grep", "-L", "two", "a", "b", "c"], ["grep", "-c", "o", "a", "b"], ["grep", "-h", "t", "a", "b"], ["grep", "-A1", "one", "a"], ["grep", "-B1", "-n", "three", "a"], ["paste", "a", "b"], ["paste", "-d,:", "a", "b", "c"],
    ["ls"], ["ls", "-1", "a", "b"], ["ls", "-r"], ["ls", "nope"], ["ls", "-F"], ["ls", "-b", "a"], ["du", "--apparent-size", "a", "empty"], ["du", "-b", "a", "b"], ["du", "-bk", "a", "b"], ["du", "-kb", "a"], ["du", "--apparent-size", "-h", "a"], ["du", "-c", "--apparent-size", "a", "b"], ["basename", "/a/b.c", ".c"], ["basename", "a/"], ["basename", "/"], ["dirname", "/a/b"], ["dirname", "a"], ["dirname", "/a/"], ["dirname", "//"],
    ["seq", "5"], ["seq", "2", "4"], ["seq", "10", "-3", "1"], ["seq", "-w", "8", "10"], ["seq", "-s,", "3"], ["seq", "0.5", "0.5", "2"], ["expr", "1", "+", "2"], ["expr", "5", ">", "10"], ["expr", "abc", ":", "a\\(.\\)"], ["expr", "3", "*", "(", "2", "+", "1", ")"], ["expr", "length", "hello"], ["expr", "0"],
    ["find", "-name", "a"], ["find", ".", "-type", "d"], ["find", ".", "-name", "a", "-o", "-name", "b"].slice(0, 4), ["find", ".", "-name", "[ab]", "-name", "a"], ["find", ".", "-empty"], ["find", ".", "-size", "+0c", "-name", "a"], ["find", "a", "-exec", "echo", "{}", ";"],
    ["date", "-u", "-d", "2026-03-04 05:06:07", "+%Y %m %d %H %M %S %j %a %A %b %B %p %I %u %w %U %V %s %e %F %T %D"], ["date", "-u", "-d", "@86400"], ["printf", "%s|%5.2f|%e|%g\n", "x", "3.14159", "12345.678", "0.0001"], ["test", "-f", "a"], ["test", "-s", "empty"],
    ["stat", "-c", "%s %F %n", "a", "empty"], ["readlink", "-f", "a/../b"].slice(0, 1).concat("nope"), ["tr", "a"], ["cut", "a"], ["env", "-i", "A=1", "B=2"], ["xargs", "-n", "2", "echo"], ["sed", "-n", "$p", "a", "b"], ["sed", "-s", "-n", "$p", "a", "b"], ["split", "-l", "1", "a"], ["uniq", "-c", "a"],
  ];
  for (const args of cases) test.skipIf(!hostHas(args[0]!))(args.join(" "), () => same(args, "p q\nr s t\n", files));

  test.skipIf(!hostHas("cmp"))("cmp of any two files", () => {
    const block = fc.constantFrom("", "ab\n", "abc\n".repeat(30_000)), file = fc.tuple(block, fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 6 })).map((parts) => parts.join(""));
    const options = fc.tuple(fc.constantFrom([], ["-l"], ["-s"]), fc.constantFrom([], ["-n3"], ["-n100000"])).map((parts) => parts.flat());
    fc.assert(fc.property(file, file, options, (a, b, given) => { same(["cmp", ...given, "a", "b"], "", { a, b }); }), { numRuns: 60 });
  });

  test("diff -u of any two texts applies as a patch says", () => {
    fc.assert(fc.property(text, text, (a, b) => {
      const [actual, expected] = [ours(["diff", "-u", "a", "b"], "", { a, b }), onHost(["diff", "-u", "a", "b"], "", { a, b })];
      expect(actual.status).toBe(expected.status);
      // Where several shortest differences exist the choice is free: the number of changed lines is not.
      const changes = (output: string) => output.split("\n").filter((line) => /^[-+](?![-+]{2} )/.test(line)).length;
      expect(changes(actual.output)).toBe(changes(expected.output));
    }), { numRuns: 40 });
  }, 120_000);
});

describe("names that hold anything", () => {
  const part = fc.constantFrom("a", "b", "$", "'", "\"", "\\134", " ", "\\t", "\\n", "\\001", "\\033", "\\177", "\\303\\274", "\\302\\205", "\\302\\240", "\\342\\200\\250", "\\360\\237\\216\\201", "\\377", "\\303", "\\200", "=", ">", "@", "|", "*", ":");
  const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => `"$(printf '%b' '${parts.join("").replaceAll("'", "'\\''")}z')"`);

  test("are shown by ls -b as the host's shows them", () => {
    fc.assert(fc.property(fc.constantFrom("-b", "-1b", "-bF", "-bp", "-N", "-bN", "-Nb", "--escape", "-bR", "-bd"), fc.array(name, { minLength: 1, maxLength: 4 }), name, (options, files, directory) => {
      sameScript(`mkdir ${directory}; cd ${directory}; for f in ${files.join(" ")}; do > "$f"; done; cd ..; ls ${options}; ls ${options} ${directory} .`);
    }), { numRuns: 60 });
  }, 120_000);

  test("are shown by ls -b where links lead, too", () => { sameScript("ln -s 'a b' 'l n'; ls -bF; ls -bl 'l n' | sed 's/.* l/l/'"); });
});

describe("what has more bytes than blocks", () => {
  test.each(["du --apparent-size f", "du -b f", "du -h --apparent-size f", "du -m --apparent-size f", "du -bh f", "du -hb f"])("%s", (command) => {
    sameScript(`printf x | dd of=f bs=1 seek=2999999 2> /dev/null; ${command}`);
  });
});

describe("trees that are copied into themselves", () => {
  test.each([
    "mkdir dir; cp -r dir dir/inside", "mkdir dir; cp -r dir dir", "mkdir dir; cp -r dir/ dir", "mkdir -p dir/a/b; cp -r dir dir/a/b", "mkdir -p dir/a/dir; cp -r dir dir/a", "mkdir dir; cp -r dir dir; cp -r dir dir", "cp -r . inside",
    "mkdir dir; cp -r dir/. dir/new", "mkdir dir; cp -rv dir dir/new", "mkdir dir; cp -a dir dir/new", "mkdir dir; cp -r dir .", "mkdir dir; cp dir dir", "mkdir -p dir/sub; ln -s .. dir/sub/up; cp -rL dir out",
    "mkdir dir; mv dir dir/inside", "mkdir dir; mv dir dir",
  ])("%s", (script) => { sameScript(`${script}; echo $?; find . | sort`); });

  test("all that was there before is copied, and no more, in whatever order it is found", () => {
    const { status, output, errors } = ours(["sh", "-c", "mkdir -p d/e/f d/z; for i in d/a d/e/f/a d/e/z d/z/a; do echo $i > $i; done; cp -r d d/e/f; echo $?; cd d/e/f/d; find . | sort"], "", {});
    expect([status, errors]).toEqual([0, "cp: cannot copy a directory, 'd', into itself, 'd/e/f/d'\n"]);
    expect(output).toBe("1\n.\n./a\n./e\n./e/f\n./e/f/a\n./e/z\n./z\n./z/a\n");
  });

  test("also by a link that is followed into where it is copied to", () => {
    const { errors, output } = ours(["sh", "-c", "mkdir dir out; > dir/f; ln -s ../out dir/o; cp -rL dir out; find out | sort"], "", {});
    expect([errors, output]).toEqual(["cp: cannot copy a directory, 'dir', into itself, 'out/dir'\n", "out\nout/dir\nout/dir/f\nout/dir/o\n"]);
  });
});
