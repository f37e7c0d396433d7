// The address of this page without a session in it: what `?fake` and such say stays.

export function plainAddress(): string { return `${location.pathname}${location.search}`; }
