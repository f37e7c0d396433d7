// The library of lib/assembly/files as a module of its own, for tests in which a domain of the fake machine calls it: results stay in the registers.

export {
  walking_link, walking_makeDirectory, walking_open, walking_readDirectory, walking_readLink, walking_removeDirectory, walking_rename, walking_setTimes, walking_stat,
  walking_symbolicLink, walking_unlink,
} from "../files/walking-directory";
import { MountCache } from "../files/mount-cache";

export function forget(cache: MountCache, directory: i32): void { cache.forgetPlace(directory); }
