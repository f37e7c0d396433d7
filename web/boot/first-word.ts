// A Worker that has said its first word, so that what it is told from then on arrives. One that cannot be started is replaced: browsers now and then
// refuse a Worker that a page asks for as soon as it is there (Chromium has not always noted yet that the page is), with an error event or with silence.

/** What becomes of a Worker that was just created: "" when it has said something, else what went wrong. */
export interface EarlyWorker { readonly worker: Worker; readonly word: Promise<string> }

/** Milliseconds that each attempt may be silent. A machine that is busy otherwise takes seconds to start a Worker, a slow network to bring its script. */
export const PATIENCE: readonly number[] = [8_000, 20_000, 60_000];

export function withFirstWord(worker: Worker): EarlyWorker {
  return {
    worker,
    word: new Promise((resolve) => {
      worker.addEventListener("message", () => resolve(""), { once: true });
      worker.addEventListener("error", (event) => resolve(event.message || "its script could not be loaded"), { once: true });
    }),
  };
}

/** `early`: one that was created before. Throws with what went wrong last. */
export async function workerThatSpeaks(create: () => Worker, early?: EarlyWorker, patience = PATIENCE): Promise<Worker> {
  let problem = "";
  for (const [attempt, limit] of patience.entries()) {
    const { worker, word } = attempt === 0 && early ? early : withFirstWord(create());
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<string>((resolve) => { timer = setTimeout(() => resolve(`it said nothing for ${limit / 1000} seconds`), limit); });
    problem = await Promise.race([word, silence]);
    clearTimeout(timer);
    if (problem === "") return worker;
    worker.terminate();
  }
  throw new Error(problem);
}
