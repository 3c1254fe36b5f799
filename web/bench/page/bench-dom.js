// Elements of a page. Knows no figure.

/** An element of such a kind. */
export function make(kind, text, className) {
  const element = document.createElement(kind);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}
