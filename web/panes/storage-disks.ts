// The disks by driver: each with what it is, where it is mounted, and what can be done with it.

import { plural, formatBytes } from "../model/format.ts";
import { driverWords, fullName, inOrder, stateText } from "../model/storage-words.ts";
import type { DiskLine } from "../../lib/ts/disk-access.ts";
import type { DiskMount, StorageReport } from "../../lib/ts/storage-requests.ts";
import type { PageContext } from "../services/page-context.ts";
import { saveBlob } from "../services/transfers.ts";
import { element, errorText, setText } from "./element.ts";
import { confirmRemoval, mountDisk, renameDisk, tellBusy } from "./storage-dialogs.ts";

export class DiskList {
  readonly element = element("div", { class: "disk-groups" });
  readonly #context: PageContext;
  readonly #changed: () => Promise<void>;
  readonly #problem = element("p", { class: "problem", role: "alert" });
  readonly #groups = element("div", { class: "disk-groups" });
  #drawn = "";

  constructor(context: PageContext, changed: () => Promise<void>) {
    this.#context = context;
    this.#changed = changed;
    this.element.append(this.#problem, this.#groups);
  }

  show(report: StorageReport): void {
    // Drawing anew would take the keyboard away from whoever is on a button.
    const drawn = JSON.stringify(report);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.getAttribute("aria-label");
    const drivers = inOrder(report.drivers.map(({ driver }) => driver)).filter((driver) => report.disks.some((disk) => disk.driver === driver) || report.drivers.some((one) => one.driver === driver && one.problem));
    const empty = element("p", { class: "muted disk-none" }, "There are no disks yet. A new one is empty: make a file system on it in a shell (mkfs.ext2 ram:NAME), then mount it here.");
    this.#groups.replaceChildren(...(drivers.length === 0 ? [empty] : drivers.map((driver) => this.#group(driver, report))));
    if (focused) this.#groups.querySelector<HTMLElement>(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  }

  #group(driver: string, { disks, mounts, drivers }: StorageReport): HTMLElement {
    const { title, about } = driverWords(driver), problem = drivers.find((one) => one.driver === driver)?.problem, own = disks.filter((disk) => disk.driver === driver);
    return element("section", { class: "disk-group" },
      element("h2", { class: "storage-heading" }, title, element("span", { class: "storage-about" }, about)),
      problem !== undefined && element("p", { class: "problem" }, `These disks cannot be listed: ${problem}.`),
      element("ul", { class: "disk-list", "aria-label": `${title}: ${plural(own.length, "disk")}` }, ...own.map((disk) => this.#disk(disk, mounts.find((mount) => mount.disk === fullName(disk))))));
  }

  #disk(disk: DiskLine, mount: DiskMount | undefined): HTMLElement {
    const name = fullName(disk), { machine, announcer } = this.#context;
    const busy = disk.open ? "It is in use: unmount it first." : undefined, progress = element("span", { class: "disk-progress muted", role: "status" });
    const button = (label: string, act: () => Promise<void> | void, why?: string, danger = false): HTMLElement =>
      element("button", { type: "button", class: `button${danger ? " button-danger" : ""}`, "aria-label": `${label} ${name}`, ...(why ? { disabled: true, title: why } : {}), onclick: () => void this.#act(name, act) }, label);
    const toggle = mount
      ? button("Unmount", async () => { await machine.storage({ kind: "unmount", path: mount.path }); announcer.say(`Unmounted ${name}.`); })
      : button("Mount", () => mountDisk(this.#context, name, disk.readOnly, () => void this.#changed()), busy && "It is in use.");
    return element("li", { class: `disk${mount ? " disk-mounted" : ""}` },
      element("div", { class: "disk-words" },
        element("span", { class: "disk-name" }, name),
        element("span", { class: "muted" }, [formatBytes(disk.size), stateText(disk, mount), ...(disk.readOnly ? ["read-only"] : []), ...(disk.origin ? [`from ${disk.origin}`] : [])].join(" · ")), progress),
      element("div", { class: "disk-actions" }, toggle,
        button("Download", async () => {
          const blob = await machine.storage({ kind: "export-disk", name }, ({ done, total }) => setText(progress, `Reading ${Math.round((100 * done) / total)} %`));
          setText(progress, "");
          saveBlob(`${disk.name}.img`, blob);
          announcer.say(`Downloaded ${name}.`);
        }, disk.open && !disk.readOnly ? "It is in use: unmount it first." : undefined),
        button("Rename", () => renameDisk(this.#context, disk, () => void this.#changed()), busy),
        button("Delete", () => confirmRemoval(this.#context, disk, () => void this.#changed()), busy, true)));
  }

  async #act(name: string, act: () => Promise<void> | void): Promise<void> {
    setText(this.#problem, "");
    try {
      await act();
    } catch (error) {
      if (error instanceof Error && error.name === "Busy" && !this.#isOpenHere(name)) tellBusy(this.#context, name, () => this.#act(name, act), () => void this.#changed());
      else setText(this.#problem, errorText(error));
    }
    await this.#changed();
  }

  #isOpenHere(name: string): boolean { return (JSON.parse(this.#drawn || "{}") as Partial<StorageReport>).disks?.some((disk) => fullName(disk) === name && disk.open) ?? false; }
}
