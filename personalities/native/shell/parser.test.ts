import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostHas, onHost } from "../testing/oracle.ts";
import { parse, SyntaxFailure } from "./parser.ts";

const pieces = fc.constantFrom("a", "b", " ", " ", "\n", ";", "&", "|", "&&", "||", "(", ")", "{ ", " }", "if ", "then ", "fi", "while ", "do ", "done", "for x in ", "case x in ", "esac", ";;", "! ", "'", '"', "`", "\\", "$", "${", "}", "$(", "$((", "))", "#", "<", ">", ">>", "<<", "<<E\n", "E\n", "2>&1", "=", "x=", "f() ", "*", "~", "%", ":-");
const scripts = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(""));

/** "good", "bad", or "short" if more input could make it good. */
function judge(text: string): "good" | "bad" | "short" {
  try {
    parse(text);
    return "good";
  } catch (thrown) {
    if (!(thrown instanceof SyntaxFailure)) throw thrown;
    return thrown.incomplete ? "short" : "bad";
  }
}

describe("the parser", () => {
  test("takes or refuses any text, and comes to an end", () => {
    fc.assert(fc.property(scripts, (text) => { judge(text); }), { numRuns: 5000 });
  });

  test("knows what is not complete", () => {
    for (const text of ["if true", "echo 'a", 'echo "a', "while :; do", "for i in 1 2", "case x in", "{ echo", "(echo", "a |", "a &&", "echo $(", "echo ${x", "cat <<E\nline", "f() {", "echo `a"]) expect(judge(text), text).toBe("short");
    for (const text of ["fi", "a | | b", ")", "; ;", "if fi", "for 1 in", "a ;; b", "( )"]) expect(judge(text), text).toBe("bad");
  });

  test.skipIf(!hostHas("dash"))("refuses what dash refuses", () => {
    let compared = 0;
    fc.assert(fc.property(scripts, (text) => {
      // Where the two mean to differ: `function`, `time`, `<<<` and `&>` are ours; dash reads an unfinished here-document as it is.
      if (/<<|&>|\$'|time|[<>]&|\$\{|`|#/.test(text)) return;
      compared++;
      const { status } = onHost(["dash", "-n"], text);
      expect(judge(text) === "good", `dash: ${status}`).toBe(status === 0);
    }), { numRuns: 400 });
    expect(compared).toBeGreaterThan(50);
  }, 120_000);

  test("trees survive being written as JSON", () => {
    fc.assert(fc.property(scripts, (text) => {
      if (judge(text) !== "good") return;
      const tree = parse(text);
      expect(JSON.parse(JSON.stringify(tree))).toEqual(JSON.parse(JSON.stringify(parse(text))));
    }));
  });
});
