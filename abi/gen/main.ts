// `npm run generate`: writes what is derived from abi/idl. With `-- --check` it writes nothing and fails if that would change
// a file; this is what CI runs.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateAll, generatedFolders } from "./generate.ts";
import { DefinitionError } from "./validate.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const checking = process.argv.includes("--check");

try {
  const output = await generateAll(root);
  const { changed, stale } = checking ? output.differences(root, generatedFolders) : output.write(root, generatedFolders);
  for (const path of changed) console.log(`${checking ? "differs" : "wrote"} ${path}`);
  for (const path of stale) console.log(`${checking ? "should not be there:" : "removed"} ${path}`);
  if (!checking) console.log(`${output.files.size} generated files, ${changed.length} changed.`);
  else if (changed.length + stale.length) {
    console.error("Generated files do not match their definitions: run `npm run generate` and commit the result.");
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof DefinitionError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
