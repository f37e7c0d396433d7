// Reference counts: an object lives as long as a capability (or the kernel itself) refers to it (I4). Kernel lock held.

import { D_REFERENCES, E_REFERENCES, N_REFERENCES, S_REFERENCES } from "../../../abi/layout/kernel-memory";
import { OBJECT_DOMAIN, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_DATASPACE } from "../../../abi/layout/limits";
import { bump } from "./pool";
import { destroyEndpoint } from "./endpoint";
import { destroyNotification } from "./notification";
import { destroyDataspace } from "./dataspace";
import { destroyDomain } from "./domain";

export function reference(kind: i32, object: usize): void {
  switch (kind) {
    case OBJECT_DOMAIN: bump(object + D_REFERENCES, 1); break;
    case OBJECT_ENDPOINT: bump(object + E_REFERENCES, 1); break;
    case OBJECT_NOTIFICATION: bump(object + N_REFERENCES, 1); break;
    case OBJECT_DATASPACE: bump(object + S_REFERENCES, 1); break;
  }
}

export function unreference(kind: i32, object: usize): void {
  switch (kind) {
    case OBJECT_DOMAIN: bump(object + D_REFERENCES, -1); if (load<i32>(object + D_REFERENCES) == 0) destroyDomain(object); break;
    case OBJECT_ENDPOINT: bump(object + E_REFERENCES, -1); if (load<i32>(object + E_REFERENCES) == 0) destroyEndpoint(object); break;
    case OBJECT_NOTIFICATION: bump(object + N_REFERENCES, -1); if (load<i32>(object + N_REFERENCES) == 0) destroyNotification(object); break;
    case OBJECT_DATASPACE: bump(object + S_REFERENCES, -1); if (load<i32>(object + S_REFERENCES) == 0) destroyDataspace(object); break;
  }
}
