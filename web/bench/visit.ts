// Opens a page of the site in a frame, waits until it is done, and closes it. Times are the frame's own, from its navigation on.

const PATIENCE = 60_000, REST = 3000;

/** Milliseconds from navigation to the page's performance mark `prompt`. */
export async function visit(path: string): Promise<number> {
  const frame = document.createElement("iframe");
  frame.style.cssText = "width: 1200px; height: 700px";
  frame.src = new URL(path, location.href).href;
  document.body.append(frame);
  try {
    const began = performance.now();
    for (;;) {
      const mark = frame.contentWindow?.performance.getEntriesByName("prompt")[0];
      if (mark) return mark.startTime;
      const state = frame.contentDocument?.documentElement?.dataset["state"];
      if (state === "failed" || performance.now() - began > PATIENCE) throw new Error(`${path} did not get ready`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    frame.remove();
    // Workers end after their page, those that wait (nearly all of a system) by force, two seconds later.
    await new Promise((resolve) => setTimeout(resolve, REST));
  }
}
