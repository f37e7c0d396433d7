// What tools/vite/file-versions.ts makes: the versions of built files, by their paths.
declare module "virtual:file-versions" {
  const versions: Readonly<Record<string, string>>;
  export default versions;
}
