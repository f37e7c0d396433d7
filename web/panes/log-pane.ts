// The log of the system: what domains say, what starts and what ends and why. Follows the newest line unless one scrolled up.

import type { PageContext } from "../services/page-context.ts";
import { element } from "./element.ts";
import type { Pane } from "./pane.ts";

export function logPane(context: PageContext): Pane {
  const list = element("ol", { class: "log", tabindex: 0, "aria-label": "Log of the system" });
  const root = element("div", { class: "pane pane-log", role: "group", "aria-label": "Log" }, list);
  let visible = false;
  let pending = 0;

  function draw(): void {
    if (!visible || pending) return;
    pending = requestAnimationFrame(() => {
      pending = 0;
      const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
      list.replaceChildren(...context.log.lines.map(({ time, source, text, kind }) => element("li", { class: `log-${kind}` },
        element("span", { class: "log-time" }, (time / 1000).toFixed(3)), element("span", { class: "log-source" }, source), element("span", { class: "log-text" }, text))));
      if (atEnd) list.scrollTop = list.scrollHeight;
    });
  }

  const stop = context.log.version.subscribe(draw);
  return {
    element: root,
    focus: () => list.focus(),
    visible: (now) => { visible = now; draw(); },
    dispose: () => { stop(); cancelAnimationFrame(pending); },
  };
}
