// Entry of a puppet's Worker under Node. The programs of the kernel's own tests are added to those that every puppet has; RAM disks are there too.

import { parentPort } from "node:worker_threads";
import { nodeWorkerHost } from "../machine/node/worker-host.ts";
import type { ToWorker } from "../machine/worker/messages.ts";
import { worker } from "../machine/worker/runtime.ts";
import * as callers from "../tests/programs/callers.ts";
import { cached } from "../tests/programs/cached.ts";
import { volumeEnds } from "../tests/programs/volume-ends.ts";
import { dive } from "../tests/programs/dive.ts";
import { fileUser, lookAtFiles } from "../tests/programs/file-user.ts";
import { regrant } from "../tests/programs/regrant.ts";
import { stamps } from "../tests/programs/stamps.ts";
import { wild } from "../tests/programs/wild.ts";
import * as writeBack from "../tests/programs/write-back.ts";
import { programs } from "./puppet.ts";

Object.assign(programs, callers, { cached, dive, fileUser, lookAtFiles, regrant, stamps, wild, volumeEnds, writer: writeBack.writer, keeper: writeBack.keeper, scribble: writeBack.scribble });
const puppet = (): Promise<{ main: unknown }> => import("./puppet.ts");
const hear = worker(nodeWorkerHost({ init: puppet, "disk-ram": () => import("../../servers/disk-ram/main.ts"), ...Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`puppet${i}`, puppet])) }));
parentPort!.on("message", (message) => hear(message as ToWorker));
