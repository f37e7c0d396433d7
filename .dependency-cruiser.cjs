// Who may import whom: section "The house" of the architecture. Run by `npm run check`. A rule's `from` and `to` are paths from the
// repository's root; tests may import more than what they test (see each rule).

const TEST = "(\\.test\\.ts$|/testing/|/testing\\.ts$|^lib/testing/|/conformance/)";
const SERVER = "^servers/([^/]+)/";
const PERSONALITY = "^personalities/([^/]+)/";

module.exports = {
  forbidden: [
    {
      name: "abi-imports-nothing",
      severity: "error",
      from: { path: "^abi/", pathNot: [TEST, "^abi/gen/"] },
      to: { path: "^(kernel-wasm|lib|servers|personalities|extensions|web|labs|bench|e2e|tools)/", pathNot: "^lib/(ts/kernel|assembly/kernel)\\.ts$" },
    },
    {
      name: "kernel-imports-only-abi",
      severity: "error",
      from: { path: "^kernel-wasm/(assembly|rewriter)/", pathNot: TEST },
      to: { path: "^(lib|servers|personalities|extensions|web|labs|bench|e2e|tools)/" },
    },
    {
      name: "machine-imports-no-server",
      severity: "error",
      comment: "The machine gets its images handed in; lib/ts/kernel and lib/ts/devices are what it implements.",
      from: { path: "^kernel-wasm/machine/", pathNot: TEST },
      to: { path: "^(servers|personalities|extensions|labs|bench|e2e|tools|web/(?!model/machine-api))" },
    },
    {
      name: "lib-imports-only-abi",
      severity: "error",
      from: { path: "^lib/", pathNot: TEST },
      to: { path: "^(kernel-wasm|servers|personalities|extensions|web|labs|bench|e2e|tools)/" },
    },
    {
      name: "servers-import-lib-and-abi",
      severity: "error",
      from: { path: SERVER, pathNot: TEST },
      to: { path: "^(kernel-wasm|personalities|extensions|web|labs|bench|e2e|tools)/" },
    },
    {
      name: "no-server-imports-another",
      severity: "error",
      from: { path: SERVER, pathNot: TEST },
      to: { path: "^servers/", pathNot: "^servers/$1/" },
    },
    {
      name: "personalities-import-lib-and-abi",
      severity: "error",
      from: { path: PERSONALITY, pathNot: TEST },
      to: { path: "^(kernel-wasm|servers|extensions|web|labs|bench|e2e|tools)/" },
    },
    {
      name: "no-personality-imports-another",
      severity: "error",
      from: { path: PERSONALITY, pathNot: TEST },
      to: { path: "^personalities/", pathNot: "^personalities/$1/" },
    },
    {
      name: "model-has-no-dom",
      severity: "error",
      from: { path: "^web/model/", pathNot: TEST },
      to: { path: "^(kernel-wasm|servers|personalities|extensions|labs|bench|e2e|tools|web/(?!model/))" },
    },
    {
      name: "panes-talk-through-the-model",
      severity: "error",
      comment: "web/boot and web/services put the system together; panes know it by web/model/machine-api.",
      from: { path: "^web/(panes|style)/", pathNot: TEST },
      to: { path: "^(kernel-wasm|servers|personalities|extensions)/" },
    },
    {
      name: "nothing-imports-tests-or-tools",
      severity: "error",
      from: { path: "^(abi|kernel-wasm|lib|servers|personalities|extensions|web)/", pathNot: [TEST, "^abi/gen/", "/tests/"] },
      to: { path: "^(tools|e2e)/|\\.test\\.ts$|/tests/" },
    },
    { name: "resolvable", severity: "error", from: { pathNot: "/assembly/" }, to: { couldNotResolve: true, pathNot: "^(comlink|vite/client|virtual:file-versions)" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)node_modules/|^(build|dist|\\.cache)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".js", ".json"], exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
  },
};
