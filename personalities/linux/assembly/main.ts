// The WASI preview 1 emulation library: what a Linux process's Worker runs beside the program, in an instance of its own. This
// file only names its exports; see README.md for the contract with the machine.

export { begin, init } from "./startup";
export { args_get, args_sizes_get, environ_get, environ_sizes_get } from "./calls/arguments";
export { clock_res_get, clock_time_get } from "./calls/clocks";
export { fd_advise, fd_allocate, fd_datasync, fd_sync } from "./calls/maintenance";
export {
  fd_close, fd_fdstat_get, fd_fdstat_set_flags, fd_fdstat_set_rights, fd_prestat_dir_name, fd_prestat_get, fd_renumber,
} from "./calls/descriptors";
export {
  fd_filestat_get, fd_filestat_set_size, fd_filestat_set_times, path_filestat_get, path_filestat_set_times,
} from "./calls/attributes";
export { fd_pread, fd_read } from "./calls/reading";
export { fd_pwrite, fd_write } from "./calls/writing";
export { fd_readdir } from "./calls/listing";
export { fd_seek, fd_tell } from "./calls/positions";
export {
  path_create_directory, path_link, path_readlink, path_remove_directory, path_rename, path_symlink, path_unlink_file,
} from "./calls/names";
export { path_open } from "./calls/opening";
export { poll_oneoff } from "./calls/polling";
export { proc_exit, proc_raise, sched_yield } from "./calls/processes";
export { random_get } from "./calls/random";
export { sock_accept, sock_recv, sock_send, sock_shutdown } from "./calls/sockets";
export { unstable_fd_filestat_get, unstable_fd_seek, unstable_path_filestat_get, unstable_poll_oneoff } from "./calls/unstable";
