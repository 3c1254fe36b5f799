// Light or dark as an element's surroundings say by their `color-scheme`, which the still picture follows by itself, and
// each change of it.

const DARK = 'rgb(255, 255, 255)'; // of the two, the colour of letters

/** The used colour scheme around a host, told to `tell` now and whenever it changes, until the signal comes. */
export function followScheme(host, signal, tell) {
  // The element's spacer shows nothing. Its colour is one in a light place and another in a dark one; a style that
  // changes is told by nothing but a transition.
  const probe = host.shadowRoot.querySelector('canvas');
  const { style } = probe;
  style.color = 'light-dark(#000,#fff)';
  style.forcedColorAdjust = 'none';
  const look = () => tell(getComputedStyle(probe).color === DARK ? 'dark' : 'light');
  probe.addEventListener('transitionend', look, { signal });
  look();
  style.transition = 'color 1ms'; // after the first look, which would see its beginning
  return look;
}
