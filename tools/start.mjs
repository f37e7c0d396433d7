// `npm start`: installs if need be, builds, serves dist/ and says where. See tools/serve/start.ts.

import { run } from "./run/typescript.mjs";

await run("serve/start.ts");
