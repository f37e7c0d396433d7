// The seed of the property tests. A run of everything takes the same sample each time, so that what it says is about the change; to look
// for more, run with GRAIL_SEED=random (the seed is in the message of a failure) or with a number of your own.

import fc from "fast-check";

const DEFAULT = 42;
const wanted = process.env["GRAIL_SEED"];
if (wanted !== "random") fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: wanted === undefined ? DEFAULT : Number(wanted) });
