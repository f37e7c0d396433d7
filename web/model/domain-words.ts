// A domain in words: for labels that a screen reader speaks, for tables and for the boxes of the picture.

import { FAULT_BAD_PROGRAM, FAULT_EXIT, FAULT_HANG, FAULT_KILLED, FAULT_MISSING_IMPORT, FAULT_TRAP, OBJECT_DATASPACE, OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_REPLY, OBJECT_SYSTEM, OBJECT_THREAD, RIGHT_GRANT, RIGHT_MANAGE, RIGHT_READ, RIGHT_RECEIVE, RIGHT_WRITE } from "../../abi/layout/limits.ts";
import { labelNames } from "../../abi/generated/ts/labels.ts";
import { formatBytes, formatCount } from "./format.ts";
import type { DomainSnapshot, Layer } from "./machine-api.ts";

export const LAYER_NAMES: Record<Layer, string> = { process: "Processes", personality: "Personalities", server: "Servers", kernel: "Kernel", machine: "Machine" };
export const LAYER_NOUNS: Record<Layer, string> = { process: "process", personality: "personality", server: "server", kernel: "kernel", machine: "machine" };

const KINDS = new Map([
  [OBJECT_DOMAIN, "Domain"], [OBJECT_THREAD, "Thread"], [OBJECT_ENDPOINT, "Endpoint"], [OBJECT_REPLY, "Reply"],
  [OBJECT_NOTIFICATION, "Notification"], [OBJECT_DATASPACE, "Dataspace"], [OBJECT_SYSTEM, "System"],
]);
const RIGHTS: readonly [number, string][] = [[RIGHT_READ, "read"], [RIGHT_WRITE, "write"], [RIGHT_GRANT, "grant"], [RIGHT_RECEIVE, "receive"], [RIGHT_MANAGE, "manage"]];
const REASONS = new Map([
  [FAULT_EXIT, "exited"], [FAULT_KILLED, "was killed"], [FAULT_TRAP, "trapped"], [FAULT_BAD_PROGRAM, "is no program that can be run"],
  [FAULT_MISSING_IMPORT, "imports what does not exist"], [FAULT_HANG, "hung and was stopped"],
]);

export function kindName(kind: number): string { return KINDS.get(kind) ?? `kind ${kind}`; }
export function rightNames(rights: number): string { return RIGHTS.filter(([bit]) => rights & bit).map(([, name]) => name).join(", ") || "none"; }
export function reasonText(reason: number): string { return REASONS.get(reason) ?? `ended (reason ${reason})`; }
/** "directory.open", or the number of a label that no interface has. */
export function labelName(label: number): string { return labelNames.get(label) ?? `label 0x${label.toString(16).padStart(4, "0")}`; }

/** "vfs, server, running, receiving, placed inline, 1 MiB of memory". */
export function describeDomain(domain: DomainSnapshot): string {
  const parts = [domain.name, domain.pid === undefined ? LAYER_NOUNS[domain.layer] : `process ${domain.pid}`, domain.state];
  if (domain.state === "running" && domain.activity && domain.activity !== "running") parts.push(domain.activity);
  parts.push(domain.placement === "worker" ? "in its own Worker" : `placed ${domain.placement}`);
  parts.push(domain.memory > 0 ? `${formatBytes(domain.memory)} of memory` : "memory in the JavaScript heap");
  return parts.join(", ");
}

/** "receiving", or the state if it is out of the ordinary. */
export function activityText({ state, activity }: DomainSnapshot): string { return state === "running" ? activity || "running" : state; }

/** The labels of a path in words; empty if the kernel counts calls without them. */
export function labelsText(labels: readonly { label: number; count: number }[], most: number): string {
  return labels.filter(({ label }) => label !== 0).slice(0, most).map(({ label, count }) => `${labelName(label)} ${formatCount(count)}`).join(", ");
}

/** The machine cannot see how much of its heap JavaScript gives to one domain. */
export function memoryText(bytes: number): string { return bytes > 0 ? formatBytes(bytes) : "JS heap"; }

/** How a box is coloured: idle (waits to be called), busy, blocked (waits for another), unwell. */
export function mood({ state, activity }: DomainSnapshot): "idle" | "busy" | "blocked" | "unwell" {
  if (state !== "running") return state === "created" ? "idle" : "unwell";
  if (/^(calling|sending|inside)/.test(activity)) return "blocked";
  return /^(receiving|waiting)/.test(activity) ? "idle" : "busy";
}
