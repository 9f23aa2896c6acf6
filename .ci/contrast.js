// Contrast of each text with what is behind it, in the colors that the browser computed (WCAG 2.2).
() => {
  const parse = c => {
    const m = c.match(/rgba?\(([^)]+)\)/);
    if (!m) return null;
    const v = m[1].split(/[ ,/]+/).map(Number);
    return [v[0], v[1], v[2], v.length > 3 ? v[3] : 1];
  };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = c => {
    const v = [0, 1, 2].map(i => c[i] / 255).map(x =>
       (x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4));
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2];
  };
  const back = e => {
    const layers = [];
    for (let n = e; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor);
      if (c && c[3]) layers.push(c);
      if (c && c[3] === 1) break;
    }
    return layers.reverse().reduce((a, b) => over(b, a), [255, 255, 255, 1]);
  };
  const found = [];
  const walk = document.createTreeWalker(document.querySelector('.coot-explorer'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!walk.currentNode.textContent.trim() || !box.width || !e.checkVisibility()) continue;
    if (/^(title|desc|option)$/.test(e.tagName) || e.closest('.picture')) continue;
    const svg = e instanceof SVGElement, ink = parse(svg ? style.fill : style.color), ground = back(e);
    if (!ink) continue;
    const [x, y] = [light(over(ink, ground)), light(ground)],
      ratio = (Math.max(x, y) + .05) / (Math.min(x, y) + .05), size = parseFloat(style.fontSize),
      large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    found.push([ratio, large ? 3 : 4.5, 
      walk.currentNode.textContent.trim().slice(0, 40), ink.join(), ground.join()]);
  }
  return found;
}
