// What tools/vite/file-versions.ts makes: the version of each built module, by its path.
declare module "virtual:file-versions" {
  const versions: Readonly<Record<string, string>>;
  export default versions;
}
