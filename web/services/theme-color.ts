// The style sheets' colours.

/** A colour of the present theme, for what is drawn by hand. `name` as in style/tokens.css. */
export function themeColor(name: string): string { return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(); }
