// The TypeScript images: what a domain's Worker runs for each name. Loaded when a domain of that image is started.

type Image = () => Promise<{ main: unknown }>;

export const images: Readonly<Record<string, Image>> = {
  init: () => import("../../servers/init/main.ts"),
  process: () => import("../../servers/process/main.ts"),
  console: () => import("../../servers/console/main.ts"),
  clock: () => import("../../servers/clock/main.ts"),
  random: () => import("../../servers/random/main.ts"),
  webfs: () => import("../../servers/webfs/main.ts"),
  devfs: () => import("../../servers/devfs/main.ts"),
  sysfs: () => import("../../servers/sysfs/main.ts"),
  courier: () => import("../../servers/courier/main.ts"),
  "disk-ram": () => import("../../servers/disk-ram/main.ts"),
  "disk-opfs": () => import("../../servers/disk-opfs/main.ts"),
  "disk-idb": () => import("../../servers/disk-idb/main.ts"),
  "disk-http": () => import("../../servers/disk-http/main.ts"),
  "disk-overlay": () => import("../../servers/disk-overlay/main.ts"),
  programs: () => import("../../personalities/native/main.ts"),
};
