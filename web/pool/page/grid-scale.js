// From a share to a colour that is as much lighter as it is more, for every kind of colour vision. Knows no grid.

/** Cividis (Nuñez, Anderton and Renslow 2018), from dark to light at equal distances. */
const STOPS = [[0, 34, 78], [67, 78, 108], [124, 123, 120], [188, 174, 108], [254, 232, 56]];

const linear = (channel) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4);

/** Relative luminance, WCAG 2.2. */
export const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

/** Red, green and blue of a share, 0 to 1. */
export function colorOf(share) {
  const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
  const place = Math.min(Math.floor(at), STOPS.length - 2);
  return STOPS[place].map((channel, i) => Math.round(channel + (STOPS[place + 1][i] - channel) * (at - place)));
}

/** A style's text of a colour. */
export const css = (color) => `rgb(${color.join(' ')})`;

/** What is read on it at 4.5:1 at least. */
export const lettersOn = (color) => (luminance(color) > 0.179 ? '#000' : '#fff');

/** The whole scale from left to right. */
export const gradient = () => `linear-gradient(to right, ${STOPS.map(css).join(', ')})`;
