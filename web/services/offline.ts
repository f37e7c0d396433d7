// The service worker: adds the isolation headers where the host sets none, and keeps the page for use without a network.
//
// A first load that is not isolated registers it and reloads once; a mark in the tab's session storage makes sure that it is once.
// Everything is relative to the page, so that any sub-folder works and two copies on one site do not meet.

import { Observable } from "../model/observable.ts";
import { storageName } from "../model/preferences.ts";

/** A sentence for the status line; empty while there is nothing to say. */
export const offlineState = new Observable("");

/** Milliseconds that a service worker may take to come up on a first load. */
const READY_LIMIT = 10_000;

const reloadMark = () => `${storageName(location.href)}:reloaded`;

/** To be called if the page is not isolated. Resolves with false if nothing can be done; else the page reloads and it never does. */
export async function reloadIsolated(): Promise<boolean> {
  if (!("serviceWorker" in navigator) || !isSecureContext) return false;
  try {
    if (sessionStorage.getItem(reloadMark())) return false;
    // Some browsers block registering by answering nothing, others by never being ready.
    if (!(await register()) || !(await readyWithin(READY_LIMIT))) return false;
    // Only now: a registration that failed must leave the way open for another try.
    sessionStorage.setItem(reloadMark(), "1");
    location.reload();
    return await new Promise<never>(() => {});
  } catch {
    return false;
  }
}

/** Once the page is isolated: another load may reload again. */
export function forgetReload(): void {
  try { sessionStorage.removeItem(reloadMark()); } catch { /* No session storage: then there was no mark. */ }
}

/** After the first prompt: keep what the page is made of. Not for sessions opened from a link, which store nothing. */
export async function keepForOffline(): Promise<void> {
  if (!("serviceWorker" in navigator) || !isSecureContext || import.meta.env.DEV) return;
  try {
    if (!(await register()) || !(await readyWithin(READY_LIMIT))) return;
    const { active } = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    channel.port1.onmessage = ({ data }: MessageEvent<{ kept: boolean }>) => { offlineState.value = data.kept ? "Works offline (programs once used)" : ""; };
    active?.postMessage({ kind: "keep" }, [channel.port2]);
  } catch {
    // Storage is full or forbidden: the page works as long as there is a network.
  }
}

async function readyWithin(milliseconds: number): Promise<boolean> {
  return Promise.race([navigator.serviceWorker.ready.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), milliseconds))]);
}

function register(): Promise<ServiceWorkerRegistration | undefined> {
  return navigator.serviceWorker.register(new URL("./service-worker.js", document.baseURI), { scope: new URL("./", document.baseURI).pathname, updateViaCache: "none" });
}
