import { expect, test, vi } from "vitest";
import { LineEditor } from "./shell/interactive/line-editor.ts";
import { rehearse } from "./rehearsal.ts";

test("a rehearsal goes as far as the prompt, ends well, and can be repeated", () => {
  const read = vi.spyOn(LineEditor.prototype, "readLine");
  for (let time = 1; time <= 3; time++) {
    expect(rehearse()).toBe(0);
    expect(read).toHaveBeenCalledTimes(time);
    expect(read).toHaveLastReturnedWith({ type: "end-of-file" });
    expect(read).toHaveBeenLastCalledWith("$ ");
  }
  read.mockRestore();
});
