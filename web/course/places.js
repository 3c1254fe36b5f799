// Words of the text that have a place in the figure light it: on hover, focus and tap.

const light = (element, selector, isLit) => {
  for (const place of element.shadowRoot?.querySelectorAll(selector) ?? []) place.part.toggle('lit', isLit);
};

/** Makes every mark of `root` live; `partOf` gives the part of the figure for the name of a control. */
export function followPlaces(root, element, partOf) {
  for (const mark of root.querySelectorAll('.place, .control')) {
    const { place, control } = mark.dataset;
    const selector = place ? `[data-panel="${place}"]` : `[data-part="${partOf(control)}"]`;
    mark.tabIndex = 0;
    mark.setAttribute('role', 'button');
    let isHeld = false;
    const set = (isLit) => {
      mark.classList.toggle('lit', isLit);
      light(element, selector, isLit);
    };
    const hold = () => {
      isHeld = !isHeld;
      set(isHeld);
      if (isHeld) element.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    };
    for (const event of ['pointerenter', 'focus']) mark.addEventListener(event, () => set(true));
    for (const event of ['pointerleave', 'blur']) mark.addEventListener(event, () => set(isHeld = false));
    mark.addEventListener('click', hold);
    mark.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      hold();
    });
  }
}
