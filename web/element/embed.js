// embed.html, a figure in somebody's frame: what its address says, behind `#` or `?`, are the element's attributes and the
// state of its run. Knows nothing else of the element.

{
  const NAMES = ['lang', 'theme', 'hide', 'engine', 'view', 'panels', 'loading', 'reveal', 'autoplay', 'poster'];
  const figure = document.querySelector('batchnorm-lab');

  // No element: a policy may refuse those. The frame has the colour of the figure below it too.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('html{background:light-dark(#fff,#14171c)}body{margin:0}');
  document.adoptedStyleSheets = [sheet];

  const plain = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  const obey = () => {
    const given = {};
    const state = [];
    for (const pair of `${location.search.slice(1)}&${location.hash.slice(1)}`.split('&').map(plain)) {
      const [name, ...value] = pair.split('=');
      if (NAMES.includes(name)) given[name] = value.join('=');
      else if (pair && name !== 'embed') state.push(pair);
    }
    for (const name of NAMES) {
      if (name in given) figure.setAttribute(name, given[name]);
      else figure.removeAttribute(name);
    }
    // Without a word the element shows its first lesson; said, it is gone back to.
    figure.setAttribute('state', state.join('&') || 'lesson=first-look');
    document.documentElement.style.colorScheme = ['light', 'dark'].includes(given.theme) ? given.theme : '';
  };

  obey();
  addEventListener('hashchange', obey);
}
