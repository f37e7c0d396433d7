// Takes files dropped anywhere on the page. Panes that are dragged are drops too: only drops that carry files count.

import { filesOfDrop, type Transfers } from "../services/transfers.ts";
import { showNotice } from "../panes/notices.ts";

export function acceptDrops(transfers: Transfers): void {
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "copy";
    document.body.dataset["dropping"] = `Add to ${transfers.directory.value}`;
  });
  addEventListener("dragleave", (event) => { if (event.relatedTarget === null) delete document.body.dataset["dropping"]; });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    delete document.body.dataset["dropping"];
    void filesOfDrop(event.dataTransfer!).then((files) => transfers.upload(files)).then((problems) => {
      if (problems.length) showNotice("error", `Not all files could be added. ${problems.slice(0, 3).join(" ")}`);
    });
  });
}
