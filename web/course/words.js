// The words that the page's script says: those of its language, written into the page when it is built.

const WORDS = JSON.parse(document.getElementById('words').textContent);

/** The words of a key, with values in place of `{name}`. */
export function say(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** An element with words and attributes. */
export function make(tag, attributes = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...inside);
  return made;
}
