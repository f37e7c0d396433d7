// What tools/vite/boot-manifest.ts makes of a boot manifest.
declare module "*.yaml?manifest" {
  const manifest: object;
  export default manifest;
}
