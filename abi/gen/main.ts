// `npm run generate`: writes what is derived from abi/idl. With `-- --check` it writes nothing and fails if that would change
// a file; this is what CI runs.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, generatedFolders } from "./generate.ts";
import { loadDefinitions } from "./load.ts";
import { validate } from "./validate.ts";
import { buildModel } from "./model.ts";

const here = dirname(fileURLToPath(import.meta.url)), root = join(here, "../..");

const definitions = await loadDefinitions(join(root, "abi/idl"), ["server", "test"]);
validate(definitions);
const output = generate(buildModel(definitions), readFileSync(join(here, "typescript/message.ts"), "utf8"));
const checking = process.argv.includes("--check");
const { changed, stale } = checking ? output.differences(root, generatedFolders) : output.write(root, generatedFolders);
for (const path of changed) console.log(`${checking ? "differs" : "wrote"} ${path}`);
for (const path of stale) console.log(`${checking ? "should not be there:" : "removed"} ${path}`);
if (checking && changed.length + stale.length) {
  console.error("Generated files do not match their definitions: run `npm run generate` and commit the result.");
  process.exitCode = 1;
} else if (!checking) console.log(`${output.files.size} generated files, ${changed.length} changed.`);
