// A Worker that does nothing but say that it runs: the floor of starting a process.

postMessage(0);
