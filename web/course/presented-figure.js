// The figure as a room sees it: the panels that a step is about, and nothing under 24 px, on its charts neither.

// Charts draw letters as large as the style sheet makes those of their canvas. The element has no attribute for that yet, so
// its own tokens are set from here.
const LARGE = `
.bn-box, .bn-root, .lab, .lab .figure-box { height: 100%; }
.lab.lab[data-view="figure"] { --bn-12: 24px; --bn-14: 24px; --bn-16: 24px; }
.lab .figure-box { grid-template: minmax(0, 1fr) auto / minmax(0, 1fr); padding: 0; }
.lab :is(.figure-head, .lead, .figure-caption, .how-to, .axis-note, .grid-reading, .counter) { display: none; }
.lab .figure-stage.figure-stage.figure-stage[data-count] {
  grid: none / minmax(0, 1fr);
  grid-row: 1;
  grid-auto-flow: row;
  grid-auto-rows: minmax(0, 1fr);
  gap: 12px;
  padding: 0;
}
.lab figure > figcaption { flex-wrap: wrap; justify-content: start; overflow: visible; white-space: normal; }
.lab figcaption > :last-child:not(:first-child) { margin-inline-start: auto; }
.lab .figure-bar { --bn-row: 100px; padding: 0; }
.lab .figure-controls .field-head { flex-wrap: wrap; white-space: normal; }
.lab .figure-stage > .figure-panel:first-child { grid-row: auto; }
`;

const NO_CONTROLS = '.lab .figure-foot { display: none; }';

const only = (panels) => {
  const shown = panels.map((name) => `[data-panel="${name}"]`).join(', ');
  return `.figure-stage > .figure-panel:not(${shown}) { display: none; }`;
};

export class PresentedFigure {
  #element;

  #sheet = new CSSStyleSheet();

  constructor(element) {
    this.#element = element;
  }

  /** Names of its panels, first to last. */
  get panels() {
    const places = this.#element.shadowRoot?.querySelectorAll('.figure-panel') ?? [];
    return [...places].map((place) => place.dataset.panel);
  }

  /** Shows these panels alone, with the controls or without. */
  show(panels, hasControls) {
    this.#sheet.replaceSync(LARGE + only(panels) + (hasControls ? '' : NO_CONTROLS));
    this.keep();
  }

  /** The element adopts sheets of its own as it loads: this one is put behind them again. */
  keep() {
    const root = this.#element.shadowRoot;
    if (!root || root.adoptedStyleSheets.at(-1) === this.#sheet) return;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet), this.#sheet];
  }

  /** As it was. */
  leave() {
    const root = this.#element.shadowRoot;
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }
}
