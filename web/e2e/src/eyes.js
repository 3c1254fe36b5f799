// What is wrong with what is on the page, in words: a function's body; knows `lab`, the element, `seen(element)` and
// `blank(canvas)`.

const wrong = new Set();
const short = (text) => text.trim().replace(/\s+/g, ' ').slice(0, 36);
const up = (of) => of.assignedSlot ?? of.parentElement ?? of.getRootNode().host;
const name = (of) => {
    const place = of.closest('[data-panel], [data-part], section[id], [id]') ?? of.getRootNode().host;
    const where = place ? place.dataset.panel ?? place.dataset.part ?? (place.id || place.localName) : '';
    const kind = `${of.localName}${of.classList.length ? `.${[...of.classList].join('.')}` : ''}`;
    return `${where} ${kind} “${short(of.textContent)}”`.trim();
};
const dot = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
const known = new Map();
// Red, green, blue and alpha of any colour that css can say.
const read = (color) => {
    if (!known.has(color)) {
        dot.clearRect(0, 0, 1, 1);
        dot.fillStyle = color;
        dot.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = dot.getImageData(0, 0, 1, 1).data;
        known.set(color, [r, g, b, a / 255]);
    }
    return known.get(color);
};
const over = ([r, g, b, a], ground) => [r, g, b].map((c, at) => c * a + ground[at] * (1 - a));
const ground = (of) => {
    const layers = [];
    for (let at = of; at; at = up(at)) {
        const layer = read(getComputedStyle(at).backgroundColor);
        layers.push(layer);
        if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), read('Canvas').slice(0, 3));
};
const luminance = (rgb) => rgb
    .map((c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; })
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
const opacity = (of) => { let all = 1; for (let at = of; at; at = up(at)) all *= getComputedStyle(at).opacity; return all; };
const isDisabled = (of) => of.closest(':disabled, fieldset:disabled, [aria-disabled=true]');
// Said to screen readers alone.
const isUnseen = (of) => { for (let at = of; at; at = up(at)) if (at.clientWidth === 1 && getComputedStyle(at).position === 'absolute') return true; return false; };
const text = (of) => {
    const style = getComputedStyle(of);
    if (parseFloat(style.fontSize) < 11.99) wrong.add(`small: ${style.fontSize} ${name(of)}`);
    if (isDisabled(of)) return;
    const below = ground(of);
    const ink = [...read(of.namespaceURI.endsWith('svg') ? style.fill : style.color)];
    ink[3] *= opacity(of);
    const [a, b] = [luminance(over(ink, below)), luminance(below)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.495) wrong.add(`contrast: ${contrast.toFixed(2)} ${name(of)}`);
    const frame = of.ownerSVGElement?.getBoundingClientRect();
    const box = of.getBoundingClientRect();
    if (frame && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.top < frame.top - 1))
        wrong.add(`cut: ${name(of)} reaches out of its drawing`);
};
const canvas = (of) => {
    if (parseFloat(getComputedStyle(of).fontSize) < 11.99) wrong.add(`small: letters of the chart ${name(of)}`);
    if (blank(of)) wrong.add(`empty: ${name(of)}`);
};
const look = (root) => {
    for (const of of root.querySelectorAll('*')) {
        if (of.shadowRoot) look(of.shadowRoot);
        if (of.closest('style, script, option, annotation') || !of.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        if (isUnseen(of)) continue;
        if (of.localName === 'canvas' && of.closest('.figure-panel')) canvas(of);
        const style = getComputedStyle(of);
        const isCutting = ['hidden', 'clip'].includes(style.overflowX) && of.localName !== 'svg';
        if (isCutting && of.textContent.trim() && of.scrollWidth > of.clientWidth + 1 && of.clientWidth > 1)
            wrong.add(`cut: ${name(of)} needs ${of.scrollWidth} of ${of.clientWidth} px`);
        if ([...of.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) text(of);
        if (of.matches('.failed')) wrong.add(`failed: ${of.textContent}`);
    }
    for (const panel of root.querySelectorAll('.figure-panel'))
        if (seen(panel) && panel.getBoundingClientRect().height < 40) wrong.add(`empty: panel ${panel.dataset.panel}`);
};
look(document);
for (const alert of lab?.shadowRoot.querySelectorAll('[role=alert]') ?? [])
    if (seen(alert) && alert.textContent.trim()) wrong.add(`failed: ${short(alert.textContent)}`);
const wide = document.documentElement.scrollWidth;
if (wide > innerWidth) {
    const cause = [...document.body.querySelectorAll('*')].findLast((of) => of.checkVisibility() && of.getBoundingClientRect().right > innerWidth + 1);
    wrong.add(`wide: ${wide} of ${innerWidth} px${cause ? `, ${name(cause)}` : ''}`);
}
return [...wrong];
