// A domain's Worker that is never born: the code of domain-worker.ts is there, and nothing runs. The floor of boot starts these.

import "./domain-worker.ts";

postMessage(0);
