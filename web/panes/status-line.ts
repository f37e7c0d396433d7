// The foot of the page: how the boot went, what runs, whether the page would open without a network.

import { formatBytes, formatCount, plural } from "../model/format.ts";
import type { Observable } from "../model/observable.ts";
import type { PageContext } from "../services/page-context.ts";
import { element, setText } from "./element.ts";

export function fillStatus(context: PageContext, promptTime: number, fake: boolean, offline: Observable<string>): void {
  const system = element("span");
  const saved = element("span");
  offline.subscribe((text) => setText(saved, text));
  document.getElementById("status")!.replaceChildren(
    element("span", {}, fake ? "A made-up system, for work on the page" : `Prompt after ${(promptTime / 1000).toFixed(2)} s`),
    system, saved,
    context.session.kind === "link" ? element("span", { class: "status-link" }, "From a link: nothing stored is touched") : "");
  context.monitor.watch(({ snapshot, callsPerSecond }) => {
    const memory = snapshot.domains.reduce((sum, domain) => sum + domain.memory, 0);
    setText(system, `${plural(snapshot.domains.length, "domain")}, ${plural(snapshot.machine.workers, "Worker")}, ${formatBytes(memory)}, ${formatCount(callsPerSecond)} calls/s`);
  });
}
