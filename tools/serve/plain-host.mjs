// A static host as one finds them: serves dist/ in a sub-folder, sets no header but type and length, knows ranges. For tests of the
// page on hosts that do not help it: `node tools/serve/plain-host.mjs --port 4175 --folder /some/folder/`.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml",
  ".wasm": "application/wasm", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json",
};
const site = fileURLToPath(new URL("../../dist/", import.meta.url));
const value = (name, otherwise) => {
  const place = process.argv.indexOf(`--${name}`);
  return place < 0 ? otherwise : process.argv[place + 1];
};
const port = Number(value("port", "4175"));
const folder = value("folder", "/");

createServer((request, response) => {
  const path = decodeURIComponent(request.url.split("?")[0]);
  const inside = path.startsWith(folder) && !path.includes("..") ? path.slice(folder.length) : undefined;
  const file = inside === undefined ? "" : site + (inside === "" || inside.endsWith("/") ? `${inside}index.html` : inside);
  let size;
  try {
    const information = statSync(file);
    if (!information.isFile()) throw new Error("not a file");
    size = information.size;
  } catch {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
    return;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range ? 206 : 200, {
    "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
    "Content-Length": Math.max(0, end - start + 1),
    ...(range ? { "Content-Range": `bytes ${start}-${end}/${size}` } : {}),
  });
  if (request.method === "HEAD" || size === 0) response.end();
  else createReadStream(file, { start, end }).pipe(response);
}).listen(port, "localhost", () => console.log(`dist/ at http://localhost:${port}${folder}`));
