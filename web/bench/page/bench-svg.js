// Elements of an SVG picture. Knows no figure.

export const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Appends an element of such a kind to `parent`. */
export function add(parent, kind, attributes, text) {
  const element = document.createElementNS(NAMESPACE, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}
