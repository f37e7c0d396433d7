// Makes elements. Text is always set as text: nothing here or in the panes parses HTML, as names and file contents come from
// programs that may be hostile.

type Child = Node | string | undefined | false;
type Attributes = Record<string, string | number | boolean | undefined | ((event: never) => void)>;

/** `on…` attributes are listeners; `true` sets an empty attribute, `false` and undefined none. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill<E extends Element>(target: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) setAttribute(target, name, value);
  for (const child of children) if (child !== undefined && child !== false) target.append(child);
  return target;
}

/** Changes the element only if the value is another one: cheap enough for every tick. */
export function setAttribute(target: Element, name: string, value: Attributes[string]): void {
  if (typeof value === "function") target.addEventListener(name.slice(2), value as EventListener);
  else if (value === undefined || value === false) { if (target.hasAttribute(name)) target.removeAttribute(name); }
  else {
    const text = value === true ? "" : String(value);
    if (target.getAttribute(name) !== text) target.setAttribute(name, text);
  }
}

export function setText(target: Element, text: string): void { if (target.textContent !== text) target.textContent = text; }

let serial = 0;
/** An id that no other element has. */
export function freshId(prefix: string): string { return `${prefix}-${++serial}`; }

export function errorText(error: unknown): string { return error instanceof Error ? error.message : String(error); }
