// What the page remembers of a person's choices. What comes out of storage may be from another version or broken: readPreferences
// takes what it knows and gives defaults for the rest.

export type Theme = "system" | "dark" | "light";
export interface Preferences {
  theme: Theme;
  /** Terminal font size, pixels, 9–28. */
  fontSize: number;
  /** Terminals tell a screen reader what they show; costs them some speed. */
  screenReader: boolean;
  /** The dock's own serialised layout; undefined: the first places. */
  layout?: unknown;
  /** Where the first terminal stands in that layout: fractions of the dock's size, 0–1. */
  firstTerminal?: { left: number; top: number; width: number; height: number };
}

export const defaultPreferences: Preferences = { theme: "system", fontSize: 14, screenReader: false };

export function readPreferences(stored: unknown): Preferences {
  if (typeof stored !== "object" || stored === null) return { ...defaultPreferences };
  const { theme, fontSize, screenReader, layout, firstTerminal } = stored as Record<string, unknown>;
  return {
    theme: theme === "dark" || theme === "light" ? theme : "system",
    fontSize: typeof fontSize === "number" && fontSize >= 9 && fontSize <= 28 ? Math.round(fontSize) : defaultPreferences.fontSize,
    screenReader: screenReader === true,
    ...(typeof layout === "object" && layout !== null ? { layout } : {}),
    ...(isPlace(firstTerminal) ? { firstTerminal } : {}),
  };
}

function isPlace(value: unknown): value is NonNullable<Preferences["firstTerminal"]> {
  if (typeof value !== "object" || value === null) return false;
  const { left, top, width, height } = value as Record<string, unknown>;
  const isPart = (part: unknown) => typeof part === "number" && part >= 0 && part <= 1;
  return isPart(left) && isPart(top) && isPart(width) && isPart(height) && (width as number) > 0.05 && (height as number) > 0.05;
}

/** Names of stored things begin with this, so that copies of the page in different sub-folders of a site do not share. */
export function storageName(pageAddress: string): string { return `grailos:${new URL(".", pageAddress).pathname}`; }
