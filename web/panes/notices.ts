// Messages above the panes that stay until they are closed: what a link brought, why one could not be opened, what failed.

import { element } from "./element.ts";

export interface NoticeAction { label: string; act: () => void }

export function showNotice(kind: "info" | "warning" | "error", text: string, ...actions: NoticeAction[]): { close(): void } {
  const close = () => notice.remove();
  const notice = element("div", { class: `notice notice-${kind}`, role: kind === "info" ? "status" : "alert" },
    element("p", {}, text),
    ...actions.map(({ label, act }) => element("button", { type: "button", class: "button", onclick: () => act() }, label)),
    element("button", { type: "button", class: "button button-plain", "aria-label": "Close this message", onclick: close }, "✕"));
  document.getElementById("notices")!.append(notice);
  return { close };
}
