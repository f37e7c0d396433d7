// In the linked build the program's WASI calls are plain calls of the emulation library's functions.

export { fd_read } from "../../../personalities/linux/assembly/calls/reading";
export { fd_write } from "../../../personalities/linux/assembly/calls/writing";
export { fd_seek } from "../../../personalities/linux/assembly/calls/positions";
export { path_open } from "../../../personalities/linux/assembly/calls/opening";
export { clock_time_get } from "../../../personalities/linux/assembly/calls/clocks";
