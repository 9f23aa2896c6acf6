// The retrieval explorer: one application for a notebook, a served page and a page from disk.
// Pure functions first (tested with node), then drawing, then the application and its three homes.

/* ------------------------------------------------------------------ pure */

/** Time as m:ss, from an hour on h:mm:ss, as Python's `clock` writes it. */
export function clock(seconds, tenths = false) {
  const scale = tenths ? 10 : 1,
    n = Math.floor(Math.max(seconds, 0) * scale + 0.5),
    whole = Math.floor(n / scale),
    two = v => String(v).padStart(2, '0'),
    rest = tenths ? `.${n % 10}` : '';
  if (whole >= 3600)
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${rest}`;
  return `${Math.floor(whole / 60)}:${two(whole % 60)}${rest}`;
}

/** "0:20–0:22"; tenths for spans under two seconds. */
export function span(start, stop) {
  const fine = stop - start < 2;
  return `${clock(start, fine)}–${clock(stop, fine)}`;
}

/** Round numbers between two ends. */
export function ticks(low, high, n) {
  const raw = (high - low) / n || 1,
    p = 10 ** Math.floor(Math.log10(raw));
  const step = p * [1, 2, 5, 10].find(m => m * p >= raw * 0.999999),
    out = [];
  for (let x = Math.ceil(low / step - 1e-9) * step; x <= high + step / 1e6; x += step)
    out.push(+x.toPrecision(10));
  return out;
}

/** Seconds for an axis of time: steps that a clock has. */
export function timeTicks(end, n) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200],
    step = steps.find(s => end / s <= n) || Math.ceil(end / n / 3600) * 3600,
    out = [];
  for (let i = 0; i * step <= end + 1e-9; i++) out.push(+(i * step).toPrecision(10));
  return out;
}

/** Powers of ten between two ends; with 2 and 5 times each where those are fewer than three. */
export function powers(low, high) {
  const tens = [1, 10, 100, 1000, 10000, 100000, 1000000],
    between = some => some.filter(x => x >= low && x <= high);
  return between(tens).length > 2 ? between(tens) : between(tens.flatMap(x => [x, 2 * x, 5 * x]));
}

const CIVIDIS = '00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838'
  .split(' ')
  .map(c => [0, 2, 4].map(i => parseInt(c.slice(i, i + 2), 16)));

/** The color of a share from 0 to 1, as three numbers. */
export function cividis(t) {
  const x = Math.min(Math.max(t || 0, 0), 1) * (CIVIDIS.length - 1),
    i = Math.min(Math.floor(x), CIVIDIS.length - 2);
  return CIVIDIS[i].map((c, j) => Math.round(c + (x - i) * (CIVIDIS[i + 1][j] - c)));
}

export const rgb = c => `rgb(${c[0]},${c[1]},${c[2]})`;

/** The numbers of an array that travelled as base64. `scale` divides whole numbers. */
export function unpack(p) {
  const bytes = Uint8Array.from(atob(p.data), c => c.charCodeAt(0)).buffer,
    kinds = {
      i1: Int8Array,
      u1: Uint8Array,
      i2: Int16Array,
      u2: Uint16Array,
      i4: Int32Array,
      f4: Float32Array,
    };
  const raw = new kinds[p.type](bytes);
  return p.scale ? Float32Array.from(raw, x => x / p.scale) : raw;
}

/** The columns of a table of queries, unpacked once. */
function columnsOf(d) {
  if (d.columns) return;
  d.columns = Object.fromEntries(Object.entries(d.packed).map(([k, v]) => [k, unpack(v)]));
  for (const [k, v] of Object.entries(d.plain || {})) d.columns[k] = v.map(x => x ?? 'none');
}

/** Counts of ranks (from 0; halves are ties) between edges (from 1). */
export function histogram(ranks, edges) {
  const out = new Array(edges.length - 1).fill(0);
  for (const r of ranks) {
    const place = Math.floor(r) + 1;
    for (let i = 0; i < out.length; i++)
      if (place >= edges[i] && (place < edges[i + 1] || (i === out.length - 1 && place <= edges[i + 1]))) {
        out[i]++;
        break;
      }
  }
  return out;
}

/** Share of ranks below k. */
export function recall(ranks, k) {
  let n = 0;
  for (const r of ranks) if (r < k) n++;
  return ranks.length ? n / ranks.length : 0;
}

/** Wilson's 95 % interval of a share. */
export function wilson(share, n) {
  if (!n) return [0, 1];
  const z = 1.959964,
    d = 1 + (z * z) / n,
    mid = (share + (z * z) / (2 * n)) / d,
    half = (z / d) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [Math.max(mid - half, 0), Math.min(mid + half, 1)];
}

/** A number with some decimals; a minus sign, and none before a zero. */
export const fixed = (x, digits) => {
  const size = Math.abs(x).toFixed(digits);
  return x < 0 && +size ? `−${size}` : size;
};

/** A number with its sign and three decimals, as in a text. */
export const signed = x => (x < 0 ? '' : '+') + fixed(x, 3);

/** Whether every word occurs in the text. */
export function matches(text, words) {
  const low = text.toLowerCase();
  return words.every(w => low.includes(w));
}

export const wordsOf = text => text.toLowerCase().split(/\s+/).filter(Boolean);

/** A table as comma-separated values. A cell that a spreadsheet would compute gets an apostrophe. */
export function csv(names, rows) {
  const cell = x => {
    let s = x === null || x === undefined ? '' : String(x);
    if (typeof x === 'string' && /^[=+\-@\t\r]/.test(s)) s = `'${s}`;
    return /[",\n\r]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s;
  };
  return [names, ...rows].map(r => r.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** Marked words, `[word, mark]`, as pieces of text with the same mark. */
export function runs(words) {
  const out = [];
  for (const [word, mark] of words)
    if (out.length && out.at(-1)[1] === mark) out.at(-1)[0] += ` ${word}`;
    else out.push([word, mark]);
  return out;
}

/** Rows in the order of a column; equal ones keep their order. */
export function sorted(rows, value, down) {
  const keyed = rows.map((r, i) => [value(r), i, r]);
  keyed.sort((a, b) => {
    const order = typeof a[0] === 'string' ? a[0].localeCompare(b[0]) : a[0] - b[0];
    return (down ? -order : order) || a[1] - b[1];
  });
  return keyed.map(k => k[2]);
}

/** Whether a point is inside a polygon. */
export function inside([x, y], poly) {
  let odd = false;
  for (let i = 0, j = poly.length - 1; i < poly.length; j = i++) {
    const [a, b] = poly[i],
      [p, q] = poly[j];
    if (b > y !== q > y && x < ((p - a) * (y - b)) / (q - b) + a) odd = !odd;
  }
  return odd;
}

/** Points of the unit square in cells, so that the nearest is found without looking at all. */
export class Cells {
  constructor(x, y, side = 128) {
    this.x = x;
    this.y = y;
    this.side = side;
    const n = x.length,
      cell = new Int32Array(n);
    this.start = new Int32Array(side * side + 1);
    for (let i = 0; i < n; i++) this.start[(cell[i] = this.at(x[i]) + side * this.at(y[i])) + 1]++;
    for (let i = 0; i < side * side; i++) this.start[i + 1] += this.start[i];
    const next = this.start.slice();
    this.items = new Int32Array(n);
    for (let i = 0; i < n; i++) this.items[next[cell[i]]++] = i;
  }
  at(v) {
    return Math.min(Math.max(Math.floor(v * this.side), 0), this.side - 1);
  }
  /** The nearest point within a distance, or -1; `sx` and `sy` stretch the axes. */
  nearest(px, py, away, sx = 1, sy = 1) {
    let best = -1,
      least = away * away;
    const [a, b] = [this.at(px - away / sx), this.at(px + away / sx)],
      [c, d] = [this.at(py - away / sy), this.at(py + away / sy)];
    for (let v = c; v <= d; v++)
      for (let u = a; u <= b; u++)
        for (let t = this.start[u + this.side * v]; t < this.start[u + this.side * v + 1]; t++) {
          const i = this.items[t],
            q = ((this.x[i] - px) * sx) ** 2 + ((this.y[i] - py) * sy) ** 2;
          if (q < least) {
            least = q;
            best = i;
          }
        }
    return best;
  }
}

/** How many points are around each, from a smoothed grid of their counts. */
export function density({x, y}, side = 96) {
  const grid = new Float32Array(side * side),
    at = v => Math.min(Math.max(Math.floor(v * side), 0), side - 1);
  for (let i = 0; i < x.length; i++) grid[at(x[i]) + side * at(y[i])]++;
  const blur = (from, step) =>
    from.map((v, i) => {
      let sum = 0;
      const place = step === 1 ? i % side : Math.floor(i / side);
      for (let j = -3; j <= 3; j++) if (place + j >= 0 && place + j < side) sum += from[i + j * step];
      return sum;
    });
  const smooth = blur(blur(grid, 1), side);
  return Float32Array.from(x, (v, i) => smooth[at(v) + side * at(y[i])]);
}

/** The most frequent categories, and for each value which of them it is; the others share the last place. */
export function categories(values, most) {
  const count = new Map();
  for (const v of values) count.set(v, (count.get(v) || 0) + 1);
  const all = [...count.keys()].sort((a, b) => count.get(b) - count.get(a)),
    names = all.slice(0, all.length > most + 1 ? most : most + 1),
    at = new Map(names.map((v, i) => [v, i])),
    place = values.map(v => at.get(v) ?? names.length);
  if (names.length < all.length) names.push(`${all.length - names.length} others`);
  return {names, place};
}

/** A state as the end of an address, and back; what is as at first is left out. */
export function toLink(state, first) {
  const kept = Object.entries(state).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(first[k]));
  return kept.length ? '#' + encodeURIComponent(JSON.stringify(Object.fromEntries(kept))) : '';
}
export function fromLink(hash) {
  try {
    const found = JSON.parse(decodeURIComponent(hash.slice(1)));
    return found && typeof found === 'object' && !Array.isArray(found) ? found : {};
  } catch {
    return {};
  }
}

/** The video of a clip or sentence, given the first clip of each video and the number of all at the end. */
export function ownerOf(first, i) {
  let low = 0,
    high = first.length - 1;
  while (high - low > 1) {
    const m = (low + high) >> 1;
    if (first[m] <= i) low = m;
    else high = m;
  }
  return low;
}

/** Scores from rows of a first score and the steps down from it, in 1/10,000. */
export function descend(steps, width) {
  const out = new Float32Array(steps.length);
  for (let i = 0; i < steps.length; i++) out[i] = i % width ? out[i - 1] - steps[i] / 1e4 : steps[i] / 1e4;
  return out;
}

/** Scores of one row on their own scale from 0 to 1. */
export function ownScale(values) {
  const low = Math.min(...values),
    high = Math.max(...values);
  return values.map(v => (high > low ? (v - low) / (high - low) : 1));
}

/** Alignments that a page from disk holds as moves, one after the other: 0 goes on in both, 1 to the next
 * sentence, 2 to the next clip. `sizes` are the numbers of sentences, and of clips, of each video. */
export function pathsOf(moves, sizes) {
  let at = 0;
  return sizes.map(size => {
    let [i, j] = [0, 0];
    const path = [[0, 0]];
    while (i < size - 1 || j < size - 1) {
      const move = moves[at++];
      if (move !== 2) i++;
      if (move !== 1) j++;
      path.push([i, j]);
    }
    return path;
  });
}

/* ------------------------------------------------------------------ elements */

const SVG = 'http://www.w3.org/2000/svg';

function h(tag, props = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (k === 'class') e.className = v;
    else if (k in e && k !== 'list' && typeof v !== 'string') e[k] = v;
    else e.setAttribute(k, v === true ? '' : v);
  }
  e.append(...children.flat().filter(c => c !== null && c !== undefined && c !== false));
  return e;
}

function s(tag, attrs = {}, ...children) {
  const e = document.createElementNS(SVG, tag);
  for (const k in attrs) if (attrs[k] !== undefined) e.setAttribute(k, attrs[k]);
  e.append(...children.filter(c => c !== null && c !== undefined));
  return e;
}

const short = (text, n) => (text.length > n ? text.slice(0, n - 1).trimEnd() + '…' : text);

/** A text in at most two lines of so many letters. */
export function folded(text, letters) {
  if (text.length <= letters) return [text];
  const cut = text.lastIndexOf(' ', letters),
    at = cut > letters / 3 ? cut : letters;
  return [text.slice(0, at), short(text.slice(at).trim(), letters)];
}

const label = (x, y, words, attrs = {}) => s('text', {x, y, ...attrs}, String(words));

function tip(e, words) {
  e.append(s('title', {}, words));
  return e;
}

function press(e, name, action) {
  for (const [k, v] of Object.entries({tabindex: 0, role: 'button', 'aria-label': name, class: 'press'}))
    e.setAttribute(k, k === 'class' ? `${e.getAttribute('class') || ''} press`.trim() : v);
  e.addEventListener('click', action);
  e.addEventListener('keydown', k => {
    if (k.key !== 'Enter' && k.key !== ' ') return;
    k.preventDefault();
    action();
  });
  return e;
}

const swatch = color => {
  const e = h('i', {class: 'swatch'});
  e.style.background = color;
  return e;
};

function drawing(host, width, height, name) {
  const e = s('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': name});
  e.classList.add('drawing');
  host.replaceChildren(e);
  return e;
}

/** The colors of the present theme, as the drawings need them. */
function palette(root) {
  const probe = h('i', {hidden: true}),
    out = {};
  root.append(probe);
  for (const k of ['fg', 'soft', 'line', 'bg', 'panel', 'accent', 'warm']) {
    probe.style.color = 'var(--' + k + ')';
    out[k] = getComputedStyle(probe).color;
  }
  probe.remove();
  out.family = getComputedStyle(root).fontFamily;
  out.font = `12px ${out.family}`;
  out.dark = parsed(out.bg)[0] < 128;
  return out;
}

/** A color for a share: the end that would vanish in the background is cut off. */
const shade = (t, p) => cividis(p.dark ? 0.18 + 0.82 * t : 0.9 * t);

/* ------------------------------------------------------------------ drawings */

/** Sentences down, clips along time; the query's row on top, on its own scale. */
export function heatmap(host, d, p, choose) {
  const width = Math.max(host.clientWidth || 640, 420),
    left = Math.min(Math.max(width * 0.34, 130), 300),
    right = 14,
    row = 32,
    end = Math.max(d.duration || 0, ...d.spans.map(x => x[1])) || 1;
  const query = d.query || [],
    gap = query.length ? 12 : 0,
    top = query.length ? 22 : 8,
    n = d.sim.length,
    inner = width - left - right,
    body = top + query.length * row + gap,
    base = body + n * row + 4;
  const e = drawing(host, width, base + 62, 'similarity of each sentence with each clip along time'),
    at = t => left + (inner * t) / end,
    all = d.sim.flat(),
    low = Math.min(...all),
    high = Math.max(...all),
    lanes = Math.max(...d.lanes, 0) + 1;
  const letters = Math.floor((left - 14) / 6);
  const line = (y, text, name, scores, share, marked, sentence) => {
    const best = scores.indexOf(Math.max(...scores)),
      lines = folded(text, marked ? letters - 3 : letters),
      words = s('text', {x: left - 10, 'text-anchor': 'end', fill: p.fg, 'font-weight': marked ? 600 : undefined});
    lines.forEach((part, i) => words.append(s('tspan', {x: left - 10, y: y + row / 2 + 4 + 13 * (i - (lines.length - 1) / 2)}, part)));
    e.append(tip(words, text));
    scores.forEach((x, j) => {
      const [a, b] = d.spans[j],
        height = row / lanes;
      const cell = s('rect', {
        x: at(a),
        y: y + d.lanes[j] * height + 0.5,
        width: Math.max(at(b) - at(a) - 1, 2),
        height: height - 1,
        rx: 2,
        fill: rgb(cividis(share[j])),
        class: 'cell',
      });
      if (j === best) {
        cell.setAttribute('stroke', p.warm);
        cell.setAttribute('stroke-width', 2);
      }
      const where = `clip ${j + 1} of ${d.spans.length}, ${span(a, b)}`;
      tip(cell, `${where}\n${name}: cosine ${fixed(x, 3)}${j === best ? ', the best of this row' : ''}`);
      e.append(press(cell, `${where}, cosine ${fixed(x, 2)}`, () => choose({clip: j, sentence})));
    });
  };
  if (query.length) e.append(label(4, 14, 'your query, on its own scale', {fill: p.soft, 'font-size': 11}));
  query.forEach((q, i) => line(top + i * row, q.text, 'query', q.scores, ownScale(q.scores), true, -1));
  d.sim.forEach((scores, i) => {
    const share = scores.map(x => (high > low ? (x - low) / (high - low) : 1));
    line(body + i * row, d.texts[i] || '', `sentence ${i + 1}`, scores, share, d.sentence === i, i);
  });
  const middle = j => at((d.spans[j][0] + d.spans[j][1]) / 2),
    height = i => body + i * row + row / 2;
  if (d.path && d.path.length) {
    const points = d.path.map(([i, j], k) => `${k ? 'L' : 'M'}${middle(j)},${height(i)}`).join('');
    e.append(
      s('path', {d: points, fill: 'none', stroke: p.bg, 'stroke-width': 4, 'pointer-events': 'none'}),
      tip(
        s('path', {d: points, fill: 'none', stroke: p.fg, 'stroke-width': 2, class: 'path'}),
        'the best alignment that keeps the order',
      ),
    );
  }
  if (d.cycle)
    d.sim.forEach((_, i) => {
      const j = d.cycle.clip[i],
        back = Math.min(Math.max(d.cycle.end[i], 0), n - 1),
        home = Math.abs(d.cycle.end[i] - i) < 0.5;
      const path = s('path', {
        d: `M${left},${height(i)} L${middle(j)},${height(i)} L${left},${body + back * row + row / 2}`,
        fill: 'none',
        stroke: p.accent,
        'stroke-width': 1.8,
        'stroke-dasharray': home ? undefined : '4 3',
        class: 'cycle',
      });
      const far = fixed(d.cycle.end[i] - i, 2);
      e.append(
        tip(
          path,
          `sentence ${i + 1} → clip ${j + 1} → sentence ${(d.cycle.end[i] + 1).toFixed(1)}: off by ${far}`,
        ),
        s('circle', {cx: left, cy: body + back * row + row / 2, r: 3.5, fill: p.accent}),
      );
    });
  for (const t of timeTicks(end, Math.max(Math.floor(inner / 62), 2)))
    e.append(
      s('path', {d: `M${at(t)},${base} v5`, stroke: p.soft}),
      label(Math.min(at(t), width - 20), base + 18, clock(t, end < 10), {'text-anchor': 'middle', fill: p.soft}),
    );
  e.append(label(left + inner / 2, base + 34, 'time in the video', {'text-anchor': 'middle', fill: p.soft}));
  for (let i = 0; i < 40; i++)
    e.append(s('rect', {x: left + 3 * i, y: base + 44, width: 3.2, height: 9, fill: rgb(cividis(i / 39))}));
  e.append(
    label(left - 6, base + 53, `cosine ${fixed(low, 2)}`, {'text-anchor': 'end', fill: p.soft}),
    label(left + 126, base + 53, fixed(high, 2), {fill: p.soft}),
    s('rect', {
      x: left + 176,
      y: base + 44,
      width: 12,
      height: 9,
      fill: 'none',
      stroke: p.warm,
      'stroke-width': 2,
    }),
    label(left + 194, base + 53, 'best clip of the row', {fill: p.soft}),
  );
}

/** Bars over edges, with outlines for what is compared; a bar can be chosen. */
export function bars(host, d, p, choose) {
  const width = Math.max(host.clientWidth || 420, 300),
    height = 220,
    left = 52,
    base = height - 40,
    top = 30,
    n = d.edges.length;
  const e = drawing(host, width, height, `${d.ylabel} over ${d.xlabel}`),
    f = d.log ? x => Math.log(Math.max(x, 0.5)) : x => x,
    lo = f(d.edges[0]),
    hi = f(d.edges[n - 1]),
    at = x => left + ((width - left - 12) * (f(x) - lo)) / (hi - lo || 1),
    high = Math.max(...d.series.flatMap(x => x.values), 1e-9),
    up = y => base - ((base - top) * y) / high;
  for (const t of ticks(0, high, 4))
    e.append(
      s('path', {d: `M${left},${up(t)} H${width - 12}`, stroke: p.line}),
      label(left - 6, up(t) + 4, t, {'text-anchor': 'end', fill: p.soft}),
    );
  d.series.forEach((one, k) =>
    one.values.forEach((y, i) => {
      const a = at(d.edges[i]),
        b = at(d.edges[i + 1]),
        last = d.edges[i + 1] - 1,
        range = last > d.edges[i] ? `${d.edges[i]} to ${last}` : `${d.edges[i]}`;
      const look = k ? {fill: 'none', stroke: p.warm, 'stroke-width': 1.6} : {fill: p.accent, class: 'bar'};
      const bar = s('rect', {
        x: a,
        y: up(y),
        width: Math.max(b - a - 1, 1),
        height: Math.max(base - up(y), 0),
        ...look,
      });
      tip(bar, `${d.xlabel} ${range}: ${+y.toPrecision(3)} ${one.name}`);
      const can = k === 0 && choose && y;
      e.append(can ? press(bar, `${range}: ${y}`, () => choose(d.edges[i], d.edges[i + 1])) : bar);
    }),
  );
  e.append(
    s('path', {d: `M${left},${base} H${width - 12} M${left},${top} V${base}`, stroke: p.soft, fill: 'none'}),
  );
  for (const t of d.log ? powers(d.edges[0], d.edges[n - 1]) : ticks(d.edges[0], d.edges[n - 1], 6))
    e.append(
      s('path', {d: `M${at(t)},${base} v4`, stroke: p.soft}),
      label(at(t), base + 16, t, {'text-anchor': 'middle', fill: p.soft}),
    );
  e.append(
    label((left + width) / 2, height - 8, d.xlabel, {'text-anchor': 'middle', fill: p.soft}),
    label(4, 14, d.ylabel, {fill: p.soft}),
  );
  legend(
    e,
    width - 12,
    d.series.map((x, k) => [x.name, k ? p.warm : p.accent, k > 0]),
    p,
  );
}

function legend(e, right, entries, p) {
  let x = right;
  for (const [name, color, hollow, dash] of [...entries].reverse()) {
    e.append(label(x, 14, name, {'text-anchor': 'end', fill: p.fg}));
    x -= name.length * 6.4 + 8;
    if (dash !== undefined)
      e.append(
        s('path', {
          d: `M${x - 14},10 h14`,
          stroke: color,
          'stroke-width': 2,
          'stroke-dasharray': dash || undefined,
        }),
      );
    else
      e.append(
        s('rect', {
          x: x - 10,
          y: 5,
          width: 9,
          height: 9,
          fill: hollow ? 'none' : color,
          stroke: color,
          'stroke-width': 1.6,
        }),
      );
    x -= 26;
  }
}

/** Recall over k with bands, on a logarithmic axis. */
export function curve(host, d, p) {
  const width = Math.max(host.clientWidth || 420, 300),
    height = 220,
    left = 44,
    base = height - 40,
    top = 30,
    last = Math.max(d.candidates, 2);
  const e = drawing(host, width, height, 'recall over the number of answers looked at'),
    at = k => left + ((width - left - 12) * Math.log(k)) / Math.log(last),
    up = y => base - (base - top) * y;
  for (const t of [0, 0.25, 0.5, 0.75, 1])
    e.append(
      s('path', {d: `M${left},${up(t)} H${width - 12}`, stroke: p.line}),
      label(left - 6, up(t) + 4, 100 * t, {'text-anchor': 'end', fill: p.soft}),
    );
  const path = (ks, ys) => ys.map((y, i) => `${i ? 'L' : 'M'}${at(ks[i])},${up(y)}`).join('');
  const colors = [p.accent, p.warm, p.fg];
  d.lines.forEach((one, i) => {
    if (one.low) {
      const back = d.k.map((k, j) => `L${at(k)},${up(one.low[j])}`).reverse();
      e.append(
        s('path', {d: path(d.k, one.high) + back.join('') + 'Z', fill: colors[i % 3], 'fill-opacity': 0.18}),
      );
    }
    e.append(
      tip(
        s('path', {
          d: path(d.k, one.mid),
          fill: 'none',
          stroke: colors[i % 3],
          'stroke-width': 2,
          'stroke-dasharray': i ? '6 3' : undefined,
        }),
        one.name,
      ),
    );
  });
  const luck = d.k.map(k => Math.min(k / d.candidates, 1));
  e.append(s('path', {d: path(d.k, luck), fill: 'none', stroke: p.soft, 'stroke-dasharray': '2 3'}));
  e.append(
    s('path', {d: `M${left},${base} H${width - 12} M${left},${top} V${base}`, stroke: p.soft, fill: 'none'}),
  );
  for (const t of powers(1, last))
    e.append(
      s('path', {d: `M${at(t)},${base} v4`, stroke: p.soft}),
      label(at(t), base + 16, t, {'text-anchor': 'middle', fill: p.soft}),
    );
  e.append(
    label((left + width) / 2, height - 8, `k of ${d.candidates} (log)`, {
      'text-anchor': 'middle',
      fill: p.soft,
    }),
    label(4, 14, 'R@k, %', {fill: p.soft}),
  );
  const entries = d.lines.map((x, i) => [x.name, colors[i % 3], false, i ? '6 3' : '']);
  legend(e, width - 12, [...entries, ['chance', p.soft, false, '2 3']], p);
}

/** A cloud of points that stays smooth with a hundred thousand: zoom, pan, hover, lasso, rings. */
export class Points {
  constructor(host, name, act) {
    this.act = act;
    this.view = {k: 1, x: 0, y: 0};
    this.margin = 26;
    this.rings = [];
    this.chosen = new Set();
    this.below = h('canvas', {class: 'cloud'});
    this.above = h('canvas', {
      class: 'cloud over',
      tabindex: '0',
      role: 'application',
      'aria-label': `${name}: wheel or plus and minus zoom, drag moves, Shift and drag draws a lasso, arrows walk, Enter opens`,
    });
    this.card = h('div', {class: 'hover', hidden: true});
    this.box = h('div', {class: 'points'}, this.below, this.above, this.card);
    host.replaceChildren(this.box);
    this.listen();
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.box);
  }
  /** x, y from 0 to 1; color: three bytes a point; kind: 1 for a triangle. */
  set(d, p) {
    if (!this.data || this.data.x.length !== d.x.length) this.view = {k: 1, x: 0, y: 0};
    this.data = d;
    this.margin = d.xticks ? 60 : 26;
    this.p = p;
    this.cells = new Cells(d.x, d.y, d.x.length > 5000 ? 256 : 48);
    this.at = -1;
    this.draw();
  }
  place(i) {
    const {k, x, y} = this.view,
      m = this.margin;
    return [
      m + (this.w - 2 * m) * (this.data.x[i] * k + x),
      m + (this.hgt - 2 * m) * ((1 - this.data.y[i]) * k + y),
    ];
  }
  where(px, py) {
    const {k, x, y} = this.view,
      m = this.margin;
    return [((px - m) / (this.w - 2 * m) - x) / k, 1 - ((py - m) / (this.hgt - 2 * m) - y) / k];
  }
  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      // asked here and not above: the panel may be hidden before the frame comes
      if (!this.data || !this.box.clientWidth || !this.box.clientHeight) return;
      const start = performance.now();
      this.paint();
      this.cover();
      this.took = performance.now() - start;
      this.box.dataset.ms = this.took.toFixed(1);
    });
  }
  size(canvas) {
    const ratio = window.devicePixelRatio || 1,
      w = Math.round(this.w * ratio),
      t = Math.round(this.hgt * ratio);
    if (canvas.width !== w || canvas.height !== t) {
      canvas.width = w;
      canvas.height = t;
    }
    return ratio;
  }
  radius() {
    const n = this.data.x.length,
      r = n > 20000 ? 1.6 : n > 4000 ? 2.2 : n > 800 ? 3.2 : 5;
    return Math.min(r * Math.sqrt(Math.max(this.view.k, 1)) ** 0.7, 7);
  }
  /** All points, straight into the pixels: no path per point. */
  paint() {
    this.w = this.box.clientWidth;
    this.hgt = this.box.clientHeight;
    const ratio = this.size(this.below),
      g = this.below.getContext('2d', {willReadFrequently: true}),
      {width, height} = this.below,
      image = g.createImageData(width, height),
      px = new Uint32Array(image.data.buffer),
      {x, y, color, kind} = this.data,
      n = x.length,
      r = this.radius() * ratio,
      alpha = n > 20000 ? 0.55 : n > 4000 ? 0.75 : 1;
    const back = parsed(this.p.panel);
    px.fill((255 << 24) | (back[2] << 16) | (back[1] << 8) | back[0]);
    if (this.data.pairs) {
      g.putImageData(image, 0, 0);
      g.strokeStyle = this.p.line;
      g.lineWidth = ratio;
      g.beginPath();
      for (let i = 0; i < this.data.pairs; i++) {
        const [a, b] = this.place(i),
          [c, d] = this.place(i + this.data.pairs);
        g.moveTo(a * ratio, b * ratio);
        g.lineTo(c * ratio, d * ratio);
      }
      g.stroke();
      image.data.set(g.getImageData(0, 0, width, height).data);
    }
    const stamps = [stamp(r, false, width, alpha), stamp(r * 1.1, true, width, alpha)],
      data = new Uint8Array(image.data.buffer),
      m = this.margin * ratio,
      sx = (width - 2 * m) * this.view.k,
      sy = (height - 2 * m) * this.view.k,
      ox = m + (width - 2 * m) * this.view.x,
      oy = m + (height - 2 * m) * this.view.y;
    for (let i = 0; i < n; i++) {
      const {half, offsets, cover} = stamps[kind ? kind[i] : 0],
        cx = Math.round(ox + sx * x[i]),
        cy = Math.round(oy + sy * (1 - y[i]));
      if (cx < half || cy < half || cx + half >= width || cy + half >= height) continue;
      const red = color[3 * i],
        green = color[3 * i + 1],
        blue = color[3 * i + 2],
        at = 4 * (cy * width + cx);
      for (let j = 0; j < offsets.length; j++) {
        const o = at + offsets[j],
          c = cover[j];
        data[o] += ((red - data[o]) * c) >> 8;
        data[o + 1] += ((green - data[o + 1]) * c) >> 8;
        data[o + 2] += ((blue - data[o + 2]) * c) >> 8;
      }
    }
    g.putImageData(image, 0, 0);
  }
  /** What lies over the points: rings, numbers, the lasso, axes. */
  cover() {
    const ratio = this.size(this.above),
      g = this.above.getContext('2d'),
      p = this.p,
      r = this.radius();
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, this.w, this.hgt);
    g.font = p.font;
    const ring = (i, away, color, width) => {
      const [x, y] = this.place(i);
      g.beginPath();
      g.arc(x, y, r + away, 0, 7);
      g.strokeStyle = p.bg;
      g.lineWidth = width + 2;
      g.stroke();
      g.strokeStyle = color;
      g.lineWidth = width;
      g.stroke();
      return [x, y];
    };
    if (this.data.diagonal) {
      const [a, b] = this.corner(0, 0),
        [c, d] = this.corner(1, 1);
      g.strokeStyle = p.soft;
      g.setLineDash([4, 4]);
      g.beginPath();
      g.moveTo(a, b);
      g.lineTo(c, d);
      g.stroke();
      g.setLineDash([]);
    }
    if (this.chosen.size < 3000) for (const i of this.chosen) ring(i, 1.5, p.warm, 1.5);
    for (const {i, words, query} of [...this.rings].reverse()) {
      const [x, y] = ring(i, query ? 6 : 3, query ? p.warm : p.accent, query ? 3 : 2);
      if (!words) continue;
      g.font = `bold ${p.font}`;
      const wide = g.measureText(words).width + 8;
      g.fillStyle = query ? p.warm : p.accent;
      g.beginPath();
      g.roundRect(x + r + 5, y - r - 15, wide, 16, 4);
      g.fill();
      g.fillStyle = p.dark ? '#000' : '#fff';
      g.textAlign = 'left';
      g.fillText(words, x + r + 9, y - r - 3);
      g.font = p.font;
    }
    if (this.at >= 0) {
      const [x, y] = this.place(this.at);
      g.strokeStyle = p.fg;
      g.lineWidth = 1;
      g.beginPath();
      for (const i of this.linked || []) {
        g.moveTo(x, y);
        g.lineTo(...this.place(i));
      }
      g.stroke();
      for (const i of this.linked || []) ring(i, 2, p.fg, 1.5);
      ring(this.at, 4, p.fg, 2);
    }
    if (this.trail && this.trail.length > 1) {
      g.beginPath();
      this.trail.forEach(([x, y], i) => (i ? g.lineTo(x, y) : g.moveTo(x, y)));
      g.closePath();
      g.strokeStyle = p.warm;
      g.lineWidth = 1.5;
      g.stroke();
      g.globalAlpha = 0.12;
      g.fillStyle = p.warm;
      g.fill();
      g.globalAlpha = 1;
    }
    if (this.data.xticks) this.axes(g, p);
  }
  /** Axes with ticks along the left and the lower edge, over what is drawn. */
  axes(g, p) {
    const {w, hgt, margin: m, data} = this,
      base = hgt - m + 14,
      left = m - 14;
    g.fillStyle = p.panel;
    g.fillRect(0, base, w, hgt - base);
    g.fillRect(0, 0, left, hgt);
    g.strokeStyle = p.soft;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(left, 8);
    g.lineTo(left, base);
    g.lineTo(w - 8, base);
    g.fillStyle = p.soft;
    for (const t of data.xticks) {
      const [x] = this.corner(t.at, 0);
      if (x < left || x > w - 8) continue;
      g.moveTo(x, base);
      g.lineTo(x, base + 4);
      g.textAlign = 'center';
      g.fillText(t.words, x, base + 16);
    }
    for (const t of data.yticks) {
      const [, y] = this.corner(0, t.at);
      if (y < 8 || y > base) continue;
      g.moveTo(left, y);
      g.lineTo(left - 4, y);
      g.textAlign = 'right';
      g.fillText(t.words, left - 7, y + 4);
    }
    g.stroke();
    g.textAlign = 'center';
    g.fillText(data.xlabel, (left + w) / 2, hgt - 8);
    g.save();
    g.translate(11, (base + 8) / 2);
    g.rotate(-Math.PI / 2);
    g.fillText(data.ylabel, 0, 0);
    g.restore();
  }
  corner(x, y) {
    const m = this.margin,
      v = this.view;
    return [m + (this.w - 2 * m) * (x * v.k + v.x), m + (this.hgt - 2 * m) * ((1 - y) * v.k + v.y)];
  }
  zoom(factor, px, py) {
    const v = this.view,
      m = this.margin,
      k = Math.min(Math.max(v.k * factor, 0.5), 400),
      fx = (px - m) / (this.w - 2 * m),
      fy = (py - m) / (this.hgt - 2 * m);
    v.x = fx - ((fx - v.x) * k) / v.k;
    v.y = fy - ((fy - v.y) * k) / v.k;
    v.k = k;
    this.draw();
  }
  reset() {
    this.view = {k: 1, x: 0, y: 0};
    this.draw();
  }
  near(px, py, away) {
    const [x, y] = this.where(px, py),
      sx = (this.w - 2 * this.margin) * this.view.k,
      sy = (this.hgt - 2 * this.margin) * this.view.k;
    return this.cells.nearest(x, y, away, sx, sy);
  }
  hover(i) {
    if (i === this.at) return;
    this.at = i;
    this.linked = null;
    clearTimeout(this.asking);
    this.cover();
    this.card.hidden = i < 0;
    if (i < 0) return;
    if (this.act.neighbors)
      this.asking = setTimeout(async () => {
        const found = await this.act.neighbors(i).catch(() => null);
        if (this.at !== i || !found) return;
        this.linked = found.points;
        this.card.append(found.words);
        this.settle();
        this.cover();
      }, 150);
    this.card.replaceChildren(this.act.describe(i));
    this.settle();
  }
  /** The card beside its point. */
  settle() {
    const [x, y] = this.place(this.at),
      wide = 260;
    this.card.style.left = `${Math.min(Math.max(x + 14, 4), Math.max(this.w - wide - 4, 4))}px`;
    const tall = this.card.offsetHeight;
    this.card.style.top = `${y + 14 + tall < this.hgt ? y + 14 : Math.max(y - 14 - tall, 4)}px`;
  }
  listen() {
    const c = this.above,
      at = e => {
        const b = c.getBoundingClientRect();
        return [e.clientX - b.left, e.clientY - b.top];
      };
    let down = null,
      moved = false;
    c.addEventListener(
      'wheel',
      e => {
        e.preventDefault();
        this.zoom(Math.exp(-e.deltaY * 0.0015), ...at(e));
      },
      {passive: false},
    );
    c.addEventListener('pointerdown', e => {
      down = at(e);
      moved = false;
      this.trail = e.shiftKey || this.lasso ? [down] : null;
      c.setPointerCapture(e.pointerId);
    });
    c.addEventListener('pointermove', e => {
      const q = at(e);
      if (!this.data) return;
      if (!down) return this.hover(this.near(...q, 12));
      if (Math.hypot(q[0] - down[0], q[1] - down[1]) > 3) moved = true;
      if (this.trail) {
        this.trail.push(q);
        this.cover();
      } else if (moved) {
        this.view.x += (q[0] - down[0]) / (this.w - 2 * this.margin);
        this.view.y += (q[1] - down[1]) / (this.hgt - 2 * this.margin);
        down = q;
        this.draw();
      }
    });
    c.addEventListener('pointerup', e => {
      const q = at(e),
        trail = this.trail;
      down = null;
      this.trail = null;
      if (trail && moved && trail.length > 2) {
        const found = [];
        for (let i = 0; i < this.data.x.length; i++) if (inside(this.place(i), trail)) found.push(i);
        this.act.select(found);
      } else if (!moved) {
        const i = this.near(...q, 14);
        if (i >= 0) this.act.open(i);
      }
      this.cover();
    });
    c.addEventListener('pointerleave', () => this.hover(-1));
    c.addEventListener('dblclick', () => this.reset());
    c.addEventListener('blur', () => this.hover(-1));
    c.addEventListener('keydown', e => {
      const way = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key];
      if (e.key === '+' || e.key === '-') this.zoom(e.key === '+' ? 1.4 : 0.7, this.w / 2, this.hgt / 2);
      else if (e.key === '0') this.reset();
      else if (e.key === 'Escape') this.act.select([]);
      else if (e.key === 'Enter' && this.at >= 0) this.act.open(this.at);
      else if (way) this.walk(way);
      else return;
      e.preventDefault();
      e.stopPropagation();
    });
  }
  walk(way) {
    const n = this.data.x.length;
    if (!n) return;
    if (this.at < 0) return this.hover(this.near(this.w / 2, this.hgt / 2, 1e4));
    const [a, b] = this.place(this.at);
    let best = -1,
      least = Infinity;
    for (let i = 0; i < n; i++) {
      const [x, y] = this.place(i),
        u = (x - a) * way[0] + (y - b) * way[1],
        v = Math.abs((x - a) * way[1]) + Math.abs((y - b) * way[0]);
      if (u > 0.5 && u + 2 * v < least) {
        least = u + 2 * v;
        best = i;
      }
    }
    if (best >= 0) this.hover(best);
  }
}

/** The three numbers of a color: #rrggbb, or rgb() as the browser computes it. */
function parsed(color) {
  return color[0] === '#' ? [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16)) : color.match(/\d+/g).slice(0, 3).map(Number);
}

/** How much of each pixel a disc or a triangle covers, of 256: only the pixels that it touches. */
function stamp(r, triangle, width, alpha) {
  const half = Math.ceil(r + 0.5),
    fine = 4,
    offsets = [],
    cover = [];
  for (let v = -half; v <= half; v++)
    for (let u = -half; u <= half; u++) {
      let touched = 0;
      for (let a = 0; a < fine; a++)
        for (let b = 0; b < fine; b++) {
          const x = u + (b + 0.5) / fine - 0.5,
            y = v + (a + 0.5) / fine - 0.5;
          if (triangle ? y <= r * 0.8 && Math.abs(x) * 1.55 <= y + r : x * x + y * y <= r * r) touched++;
        }
      if (!touched) continue;
      offsets.push(4 * (v * width + u));
      cover.push(Math.round((256 * alpha * touched) / fine / fine));
    }
  return {half, offsets: Int32Array.from(offsets), cover: Int32Array.from(cover)};
}

/** A table that sorts by its headings; long ones grow as they are asked for. The name of an item is over its
 * text (`over`) and a column (`under` which text) of its own only in what is exported, or where texts are missing. */
class Table {
  constructor(host, columns, options = {}) {
    Object.assign(this, {host, columns, all: columns, options, rows: [], shown: 100});
    this.sort = options.sort || null;
  }
  set(rows) {
    this.rows = rows;
    this.shown = 100;
    this.columns = this.all.filter(c => !c.wide || !rows.length || rows.some(r => c.value(r)));
    this.seen = this.columns.filter(c => !c.under || !this.columns.some(x => x.name === c.under));
    this.draw();
  }
  ordered() {
    const by = this.sort && this.columns.find(c => c.name === this.sort.name);
    return by ? sorted(this.rows, by.by || by.value, this.sort.down) : this.rows;
  }
  draw() {
    const place = c => [c.number && 'n', c.minor && 'minor'].filter(Boolean).join(' '),
      minor = this.seen.some(c => c.minor);
    const head = this.seen.map(c => {
      const mine = this.sort && this.sort.name === c.name,
        turn = () => {
          this.sort = {name: c.name, down: mine ? !this.sort.down : !!c.number};
          this.draw();
        };
      const arrow = mine ? (this.sort.down ? ' ↓' : ' ↑') : '';
      return h(
        'th',
        {
          class: place(c),
          scope: 'col',
          'aria-sort': mine ? (this.sort.down ? 'descending' : 'ascending') : 'none',
        },
        h(
          'button',
          {type: 'button', class: 'plain', title: c.help || `sort by ${c.name}`, onclick: turn},
          c.name + arrow,
        ),
      );
    });
    const rows = this.ordered(),
      body = rows.slice(0, this.shown).map(r => {
        const cells = this.seen.map(c => {
          const x = String(c.show ? c.show(r) : c.value(r));
          if (!c.wide) return h('td', {class: place(c)}, x);
          const label = {class: 'wide', 'data-name': c.name};
          const over = c.over && x && h('div', {class: 'dim'}, c.over(r));
          return h('td', label, over, h('div', {class: 'clamp', title: x}, c.nodes ? c.nodes(r) : x));
        });
        const open = this.options.open && (() => this.options.open(r));
        const line = h(
          'tr',
          {class: open ? 'open' : '', tabindex: open ? '0' : undefined, onclick: open},
          cells,
        );
        if (open)
          line.addEventListener('keydown', e => {
            if (e.key === 'Enter' && e.target === line) open();
          });
        return line;
      });
    const more =
      rows.length > this.shown &&
      h(
        'button',
        {
          type: 'button',
          class: 'more',
          onclick: () => {
            this.shown += 300;
            this.draw();
          },
        },
        `show more (${this.shown} of ${rows.length})`,
      );
    this.host.replaceChildren(
      h('div', {class: 'scroll'}, h('table', {}, h('thead', {}, h('tr', {}, head)), h('tbody', {}, body))),
      ...(minor ? [h('p', {class: 'help fewer'}, 'A wider window shows more columns; the exported table has all.')] : []),
      ...(more ? [more] : []),
    );
  }
  csv() {
    return csv(
      this.columns.map(c => c.name),
      this.ordered().map(r => this.columns.map(c => c.value(r))),
    );
  }
}

/* ------------------------------------------------------------------ the application */

const FIRST = {
  direction: '',
  words: '',
  item: null,
  k: 12,
  video: '',
  clip: 0,
  panel: 'Time',
  picked: [],
  find: '',
  layout: 'grid',
  cycles: false,
  aligned: false,
  color: 'rank',
  method: 'pca',
  theme: '',
};

const LAYOUTS = [
  ['grid', 'Cards'],
  ['large', 'Large'],
  ['list', 'List'],
];

/** What the columns of the table of queries are called on the map. */
const COLUMNS = {
  kind: 'query or match',
  rank: 'rank of the true match',
  score: 'score of the true match',
  seconds: 'length in seconds',
  clips: 'clips in the video',
  words: 'words of the text',
  copies: 'items with the same text',
  excused: 'lost to the same text',
  density: 'points nearby',
};

/** Colors of categories (Okabe and Ito), the last one for all others. */
const KINDS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#8a8a8a'];

const HELP = {
  Time: 'Sentences of the chosen video against its clips along time. Bright cells are alike; a frame marks the best clip of each row. Click a cell to play it.',
  Map: 'Every query (●) and its true match (▲) in a plane: near points have similar embeddings. Wheel zooms, drag moves, Shift and drag draws a lasso, a click searches with that point.',
  Ranks:
    'At which place does each query find its true match? Left: how many at each rank, beside chance. Right: recall over k. Click a bar to keep its queries; click a row to search with it.',
  Confusions:
    'What ranks above the true match: hubs, which are in far more lists than chance allows, pairs that are confused with each other, and texts that are nearly the same.',
  Captions:
    'What captioning models wrote for each clip beside the annotated sentence. Underlined words repeat a phrase of four words from earlier in the paragraph; numbers are ROUGE‑L, the longest shared sequence of words (1: the same).',
  Compare:
    'Two runs on the same queries. The difference is B − A with a 95 % interval (paired bootstrap); an interval without 0 is a difference that is unlikely to be chance.',
};

const CYCLES =
  'A cycle goes from a sentence to its nearest clip and back to the nearest sentence. A solid line returns to where it began; a dashed one ends at another sentence.';

const RECALL = 'R@k: percent of the queries whose true match is among the first k answers';

const ALIGNED =
  'The alignment is the path with the highest similarity from the first sentence and clip to the last that keeps the order of both (dynamic time warping).';

export class App {
  constructor(root, link) {
    Object.assign(this, {root, link, state: {...FIRST}, parts: {}, kept: {}, turn: 0});
    root.classList.add('coot-explorer');
    root.replaceChildren(h('p', {class: 'wait', role: 'status'}, 'Opening …'));
    root.addEventListener('keydown', e => this.key(e));
    this.start();
  }

  async send(message) {
    const reply = await this.link.send(message);
    if (reply && reply.error) throw new Error(reply.error);
    return reply;
  }

  async start() {
    try {
      let about = await this.send({do: 'open'});
      while (about.wait) {
        this.root.querySelector('.wait').textContent = about.wait;
        await new Promise(done => setTimeout(done, 250));
        about = await this.send({do: 'open'});
      }
      this.about = about;
      const g = (this.g = await this.send({do: 'gallery'}));
      g.start = unpack(g.start);
      g.stop = unpack(g.stop);
      g.duration = unpack(g.duration);
      g.number = new Map(g.keys.map((k, i) => [k, i]));
      this.first = {...FIRST, ...about.state};
      const found = this.clean(this.link.load ? this.link.load() : {});
      this.state = {...this.first, ...found};
      if (!(this.link.pictures_inside ?? g.files.some(Boolean))) this.root.dataset.blank = '1';
      this.build();
      await this.restore(!found.video && (found.words || found.item));
      this.link.changed?.(found => {
        const next = {...this.first, ...this.clean(found)};
        if (JSON.stringify(next) === JSON.stringify(this.state)) return;
        this.state = next;
        this.restore();
      });
    } catch (e) {
      this.root.replaceChildren(h('p', {class: 'problem', role: 'alert'}, e.message));
    }
  }

  /** Only what this gallery knows, of the right type. */
  clean(found) {
    const out = {};
    for (const [k, v] of Object.entries(found || {}))
      if (k in FIRST && (FIRST[k] === null || typeof v === typeof FIRST[k])) out[k] = v;
    if (out.direction && !this.about.directions.some(d => d.name === out.direction)) delete out.direction;
    if (out.panel && !this.about.panels.includes(out.panel)) delete out.panel;
    if (out.video && !this.g.number.has(out.video)) delete out.video;
    if (out.item && !(Array.isArray(out.item) && this.g.number.has(out.item[0]))) delete out.item;
    if (out.picked && !Array.isArray(out.picked)) delete out.picked;
    if (out.method && !this.methods_known.includes(out.method)) delete out.method;
    if (out.layout && !LAYOUTS.some(([v]) => v === out.layout)) delete out.layout;
    return out;
  }

  get methods_known() {
    return this.about.umap ? ['pca', 'umap'] : ['pca'];
  }
  set(change) {
    Object.assign(this.state, change);
    this.link.save?.(this.state, this.first);
  }

  get way() {
    return this.about.directions.find(d => d.name === this.state.direction) || this.about.directions[0];
  }
  get palette() {
    return palette(this.root);
  }

  /* names */
  parts_of(n) {
    return this.g.first[n + 1] - this.g.first[n];
  }
  spanOf(n, part) {
    if (part < 0) return [0, this.g.duration[n]];
    const i = this.g.first[n] + part;
    return [this.g.start[i], this.g.stop[i]];
  }
  textOf(n, part) {
    const {texts, first} = this.g;
    if (!texts) return '';
    return part >= 0 ? texts[first[n] + part] : texts.slice(first[n], first[n + 1]).join(' ');
  }
  nameOf(n, part) {
    if (part < 0) return this.g.keys[n];
    const [a, b] = this.spanOf(n, part);
    return `${this.g.keys[n]}, clip ${part + 1} of ${this.parts_of(n)}, ${span(a, b)}`;
  }
  shortName(n, part) {
    return part < 0 ? this.g.keys[n] : `${this.g.keys[n]}, clip ${part + 1}`;
  }
  /** Row of the present table of queries: which video, which part. */
  itemOf(row) {
    if (!this.way.parts) return [row, -1];
    const n = ownerOf(this.g.first, row);
    return [n, row - this.g.first[n]];
  }
  rowOf(n, part) {
    return this.way.parts ? this.g.first[n] + Math.max(part, 0) : n;
  }

  /* the frame of the page */
  build() {
    const {about, parts} = this,
      state = this.state;
    const theme = h('button', {type: 'button', class: 'tool', onclick: () => this.nextTheme()}, '');
    parts.theme = theme;
    const counts = `${about.videos.toLocaleString('en')} videos, ${about.clips.toLocaleString('en')} clips`,
      facts = [
        about.split && `split ${about.split}`,
        counts,
        about.epoch !== null && `epoch ${about.epoch}`,
        about.note,
      ];
    parts.scores = h('div', {class: 'scores'});
    const head = h(
      'header',
      {},
      h('div', {class: 'name'}, h('h1', {}, about.name), h('p', {}, facts.filter(Boolean).join(' · ')), about.paired && h('p', {}, RECALL)),
      parts.scores,
      h('div', {class: 'tools'}, theme, this.exports()),
    );
    parts.direction = h(
      'select',
      {'aria-label': 'direction', onchange: e => this.turnTo(e.target.value)},
      about.directions.map(d => h('option', {value: d.name}, d.name)),
    );
    parts.words = h('input', {
      type: 'search',
      'aria-label': 'query',
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-autocomplete': 'list',
      autocomplete: 'off',
      spellcheck: 'false',
      oninput: () => this.suggest(),
      onkeydown: e => this.inSuggestions(e),
      onblur: () => setTimeout(() => this.parts.words.matches(':focus') || this.closeSuggestions(), 150),
    });
    parts.suggest = h('ul', {
      class: 'suggest',
      role: 'listbox',
      'aria-label': 'items of this set',
      hidden: true,
    });
    parts.k = h(
      'select',
      {'aria-label': 'number of answers', onchange: e => (this.set({k: +e.target.value}), this.ask())},
      [6, 12, 24, 48].map(k => h('option', {value: String(k)}, `${k} answers`)),
    );
    parts.layout = h(
      'div',
      {class: 'segments', role: 'group', 'aria-label': 'size of the answers'},
      LAYOUTS.map(([v, name]) =>
        h(
          'button',
          {type: 'button', value: v, onclick: () => (this.set({layout: v}), this.relayout())},
          name,
        ),
      ),
    );
    const ask = h(
      'form',
      {
        class: 'ask',
        role: 'search',
        onsubmit: e => {
          e.preventDefault();
          this.closeSuggestions();
          const words = parts.words.value.trim();
          if (!words) return this.say('Type a sentence, or choose an item of the set.', true);
          this.set({words, item: null});
          this.ask();
        },
      },
      parts.direction,
      h('div', {class: 'combo'}, parts.words, parts.suggest, h('kbd', {}, '/')),
      h('button', {type: 'submit', class: 'primary'}, 'Search'),
      h(
        'button',
        {type: 'button', title: 'search with a random item of the set', onclick: () => this.random()},
        'Random',
      ),
      parts.k,
      parts.layout,
    );
    parts.query = h('div', {class: 'query', 'aria-live': 'polite'});
    parts.answers = h('div', {class: 'cards', role: 'list', 'aria-label': 'answers'});
    parts.answers.addEventListener('keydown', e => this.walk(e));
    parts.player = h('section', {class: 'player', 'aria-label': 'player'});
    parts.tabs = h(
      'div',
      {class: 'tabs', role: 'tablist'},
      about.panels.map(name =>
        h(
          'button',
          {type: 'button', role: 'tab', value: name, onclick: () => (this.set({panel: name}), this.panel())},
          name,
        ),
      ),
    );
    parts.tabs.addEventListener('keydown', e => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[e.key];
      if (!step) return;
      const all = [...parts.tabs.children],
        next = all[(all.indexOf(e.target) + step + all.length) % all.length];
      next.focus();
      next.click();
      e.stopPropagation();
    });
    parts.help = h('p', {class: 'help'});
    parts.panel = h('div', {class: 'panel', role: 'tabpanel'});
    this.root.replaceChildren(
      head,
      ask,
      h(
        'main',
        {},
        h('section', {class: 'left', 'aria-label': 'answers'}, parts.query, parts.answers),
        h('section', {class: 'right'}, parts.player, parts.tabs, parts.help, parts.panel),
      ),
    );
    this.player = new Player(this, parts.player);
    this.width = 0;
    new ResizeObserver(() => {
      if (Math.abs(this.root.clientWidth - this.width) < 2) return;
      const before = this.width;
      this.width = this.root.clientWidth;
      this.root.dataset.narrow = this.width < 860 ? '1' : '';
      if (before && this.redraw) this.redraw();
    }).observe(this.root);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw?.());
    if (!state.direction) state.direction = about.directions[0].name;
    this.scores();
  }

  /** Shows the state; `fresh`: with the first answer rather than its video. */
  async restore(fresh = false) {
    const {parts, state} = this;
    if (!state.direction) state.direction = this.about.directions[0].name;
    parts.direction.value = state.direction;
    parts.k.value = String(state.k);
    parts.words.value = state.words;
    this.themed();
    this.hint();
    this.relayout();
    const kept = state.video && !fresh ? [state.video, state.clip] : null;
    await this.ask(kept);
  }

  hint() {
    const can = this.about.text && this.way.text;
    this.parts.words.placeholder = can
      ? 'Describe a moment, for example “opens a blue door”'
      : `Find ${this.way.parts ? 'a clip' : 'a video'} by words of its text or name`;
    this.parts.words.title = can ? 'several sentences are separated by /' : '';
  }

  /** Recall beside chance, for both directions. */
  async scores() {
    if (!this.about.paired) return this.parts.scores.remove();
    const put = async (name, pair) => {
      const box = h('div', {class: 'score'}, h('p', {}, name), h('div', {}, h('span', {}, h('i', {}, '…'))));
      this.parts.scores.append(box);
      try {
        const m = await this.send({do: 'scores', pair}),
          pct = x => (100 * x).toFixed(1);
        const cell = k =>
          h(
            'span',
            {title: `R@${k}: share of the ${m.n} queries whose true match is among the first ${k}, in percent`},
            h('i', {}, `R@${k}`),
            h('b', {}, pct(m[`r${k}`])),
            h('i', {}, `${k === 1 ? 'chance ' : ''}${pct(m.chance[`r${k}`])}`),
          );
        box.replaceChildren(h('p', {}, name), h('div', {}, cell(1), cell(5), cell(10)));
      } catch (e) {
        box.remove();
      }
    };
    await put('text → video', 'par2vid');
    await put('video → text', 'vid2par');
    await put('text → clip', 'sen2cli');
    await put('clip → text', 'cli2sen');
  }

  say(words, problem = false) {
    this.parts.query.replaceChildren(
      h('p', {class: problem ? 'problem' : '', role: problem ? 'alert' : undefined}, words),
    );
  }

  turnTo(direction) {
    const way = this.way;
    this.set({direction, picked: []});
    this.parts.direction.value = direction;
    this.hint();
    if (this.state.words && !(this.way.text && this.about.text)) this.set({words: ''});
    if (this.state.item && way.parts !== this.way.parts)
      this.set({item: [this.state.item[0], this.way.parts ? 0 : -1]});
    this.parts.words.value = this.state.words;
    this.ask();
  }

  random() {
    const rows = this.state.picked.length ? this.state.picked : null,
      n = this.way.parts ? this.g.start.length : this.g.keys.length,
      row = rows ? rows[Math.floor(Math.random() * rows.length)] : Math.floor(Math.random() * n);
    this.askRow(row);
  }
  askRow(row) {
    const [n, part] = this.itemOf(row);
    this.askItem(n, part);
  }
  askItem(n, part) {
    this.set({words: '', item: [this.g.keys[n], part]});
    this.parts.words.value = '';
    this.ask();
  }
  /** Ask for what looks like a video or a clip. */
  like(n, part) {
    const name = part >= 0 ? 'clip to clip' : 'video to video';
    if (!this.about.directions.some(d => d.name === name)) return;
    this.set({direction: name, words: '', item: [this.g.keys[n], part], picked: []});
    this.parts.direction.value = name;
    this.parts.words.value = '';
    this.hint();
    this.ask();
  }

  /* suggestions: items of the set whose text has the words */
  suggest() {
    const words = wordsOf(this.parts.words.value),
      list = this.parts.suggest,
      can = this.about.text && this.way.text;
    if (!words.length) return this.closeSuggestions();
    const found = this.search(words, 8);
    const options = found.map(row => {
      const [n, part] = this.itemOf(row);
      return h(
        'li',
        {
          role: 'option',
          onmousedown: e => (e.preventDefault(), this.closeSuggestions(), this.askItem(n, part)),
        },
        h('b', {}, part >= 0 ? `${this.g.keys[n]} · clip ${part + 1}` : this.g.keys[n]),
        ' ',
        short(this.textOf(n, part), 110),
      );
    });
    const head = can
      ? 'Enter searches for these words; or search with an item of this set:'
      : 'Search with an item of this set:';
    list.replaceChildren(
      h(
        'li',
        {class: 'head', role: 'presentation'},
        found.length
          ? head
          : can
            ? 'Enter searches for these words.'
            : 'Nothing in this set has these words.',
      ),
      ...options,
    );
    list.hidden = false;
    this.parts.words.setAttribute('aria-expanded', 'true');
  }
  search(words, most) {
    const n = this.way.parts ? this.g.start.length : this.g.keys.length,
      out = [];
    for (let row = 0; row < n && out.length < most; row++) {
      const [v, part] = this.itemOf(row);
      if (matches(`${this.g.keys[v]} ${this.textOf(v, part)}`, words)) out.push(row);
    }
    return out;
  }
  closeSuggestions() {
    this.parts.suggest.hidden = true;
    this.parts.words.setAttribute('aria-expanded', 'false');
  }
  inSuggestions(e) {
    const options = [...this.parts.suggest.querySelectorAll('[role=option]')],
      at = options.findIndex(o => o.getAttribute('aria-selected') === 'true');
    if (e.key === 'Escape') {
      e.preventDefault();
      return this.closeSuggestions();
    }
    if (e.key === 'Enter' && !this.parts.suggest.hidden && (at >= 0 || !(this.about.text && this.way.text))) {
      e.preventDefault();
      const row = this.search(wordsOf(this.parts.words.value), 8)[Math.max(at, 0)];
      this.closeSuggestions();
      if (row === undefined)
        return this.say(`Nothing in this set has the words “${this.parts.words.value}”.`, true);
      return this.askRow(row);
    }
    const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
    if (!step || this.parts.suggest.hidden || !options.length) return;
    e.preventDefault();
    const next = (at + step + options.length) % options.length;
    options.forEach((o, i) => o.setAttribute('aria-selected', String(i === next)));
  }

  /* asking */
  async ask(show = null) {
    const turn = ++this.turn,
      {state, way} = this;
    if (!state.words && !state.item) state.item = [this.g.keys[0], way.parts ? 0 : -1];
    if (state.item && way.parts && state.item[1] < 0) state.item = [state.item[0], 0];
    if (state.item && !way.parts) state.item = [state.item[0], -1];
    this.parts.answers.setAttribute('aria-busy', 'true');
    let reply;
    try {
      const what = state.words ? {words: state.words} : {item: state.item};
      reply = await this.send({do: 'ask', direction: way.name, k: state.k, ...what});
    } catch (e) {
      if (turn === this.turn) await this.refused(e.message, show);
      return this.parts.answers.removeAttribute('aria-busy');
    }
    if (turn !== this.turn) return;
    this.reply = reply;
    this.answered = {direction: state.direction, words: state.words, item: state.item};
    this.parts.answers.removeAttribute('aria-busy');
    this.set({});
    this.asked();
    this.cards();
    if (show) this.show(this.g.number.get(show[0]), show[1]);
    else if (reply.answers.length) this.choose(0);
    else this.panel();
  }

  /** A query that cannot be asked: the reason is shown, the answers and the address stay those of the last one. */
  async refused(why, show) {
    const typed = this.state.words;
    if (this.answered) this.set({...this.answered});
    else if (typed) {
      this.set({words: '', item: null});
      await this.ask(show);
    }
    this.parts.direction.value = this.way.name;
    this.parts.words.value = typed;
    this.say(why, true);
  }

  asked() {
    const {state, reply, way} = this,
      ms = reply.ms === null ? '' : ` · ${reply.ms < 10 ? reply.ms.toFixed(1) : Math.round(reply.ms)} ms`;
    const lines = [];
    if (state.words)
      lines.push(
        h('p', {class: 'who'}, h('b', {}, `“${state.words}”`), h('span', {class: 'dim'}, `${way.name}${ms}`)),
      );
    else {
      const [key, part] = state.item,
        n = this.g.number.get(key),
        text = this.g.texts && way.asks === 'text' ? this.textOf(n, part) : '';
      const picture = way.asks === 'text' ? null : this.picture(n, part, 'small');
      const name = this.nameOf(n, part);
      lines.push(
        h(
          'p',
          {class: 'who'},
          picture,
          h(
            'span',
            {},
            h('b', {title: text}, text ? `“${text}”` : name),
            h('span', {class: 'dim'}, text ? `${name} · ${way.name}${ms}` : `${way.name}${ms}`),
          ),
        ),
      );
      if (reply.rank !== null) {
        const place = reply.rank % 1 ? reply.rank.toFixed(1) : reply.rank + 0,
          good = reply.rank < 1;
        lines.push(
          h(
            'p',
            {class: `verdict ${good ? 'good' : ''}`},
            `The true match is at rank ${Math.floor(place) + 1} of ${reply.candidates.toLocaleString('en')}`,
            h(
              'span',
              {class: 'dim', title: 'score of the true match minus that of the best wrong answer'},
              `margin ${signed(reply.margin)}`,
            ),
          ),
        );
      }
    }
    for (const words of reply.warnings || []) lines.push(h('p', {class: 'warn'}, words));
    this.parts.query.replaceChildren(...lines);
  }

  relayout() {
    for (const b of this.parts.layout.children)
      b.setAttribute('aria-pressed', String(b.value === this.state.layout));
    this.parts.answers.dataset.layout = this.state.layout;
  }

  /** An element that shows a picture as soon as there is one. */
  picture(n, part, size) {
    const box = h(
        'span',
        {class: `picture ${size}`},
        h('span', {class: 'empty', 'aria-hidden': 'true'}, short(this.g.keys[n], 18)),
      ),
      [a, b] = this.spanOf(n, part);
    Promise.resolve(this.link.picture?.(n, (a + b) / 2)).then(url => {
      if (!url) return;
      const img = h('img', {alt: '', loading: 'lazy', decoding: 'async'});
      img.addEventListener('load', () => box.classList.add('there'));
      img.addEventListener('error', () => img.remove());
      img.src = url;
      box.append(img);
    });
    return box;
  }

  heat(answer) {
    const n = answer.n,
      end = this.g.duration[n] || 1,
      e = s('svg', {viewBox: '0 0 100 8', preserveAspectRatio: 'none', class: 'heat', 'aria-hidden': 'true'});
    const share = ownScale(answer.heat);
    answer.heat.forEach((x, j) => {
      const [a, b] = this.spanOf(n, j);
      e.append(
        s('rect', {
          x: (100 * a) / end,
          width: Math.max((100 * (b - a)) / end, 0.8),
          height: 8,
          fill: rgb(cividis(share[j])),
        }),
      );
    });
    return e;
  }

  cards() {
    const {answers} = this.reply,
      texts = this.way.find === 'text';
    this.parts.answers.classList.toggle('texts', texts);
    this.parts.answers.replaceChildren(...answers.map((a, i) => this.card(a, i)));
    if (!answers.length) this.parts.answers.append(h('p', {class: 'dim'}, 'No answers.'));
  }

  card(a, i) {
    const part = a.part,
      [start, stop] = this.spanOf(a.n, part),
      best = part < 0 && a.heat.length ? a.heat.indexOf(Math.max(...a.heat)) : part,
      picture = this.picture(a.n, best, 'big'),
      text = this.textOf(a.n, part),
      many = this.parts_of(a.n);
    const where = part >= 0 ? `clip ${part + 1} of ${many}` : many === 1 ? '1 clip' : `${many} clips`;
    const strong = a.strength
      ? h('span', {class: `strength ${a.strength}`, title: this.about.strength}, a.strength)
      : null;
    const act = (name, run) =>
      h('button', {type: 'button', onclick: e => (e.stopPropagation(), run())}, name);
    const clips = this.about.directions.some(d => d.name === 'clip to clip');
    const e = h(
      'article',
      {
        class: `card${a.right ? ' right' : ''}`,
        role: 'listitem',
        tabindex: i ? '-1' : '0',
        'aria-label': `answer ${i + 1}: ${this.nameOf(a.n, part)}, cosine ${fixed(a.score, 2)}${a.right ? ', the true match' : ''}`,
        'data-key': this.g.keys[a.n],
        onclick: () => this.choose(i),
        onfocus: () => this.rove(i),
        onmouseenter: () => this.link.preview?.(picture, a.n, start, stop, this),
        onmouseleave: () => this.link.endPreview?.(picture),
      },
      h(
        'div',
        {class: 'frame'},
        picture,
        h('span', {class: 'place'}, i + 1),
        h('span', {class: 'time'}, part >= 0 ? span(start, stop) : clock(stop)),
        a.right ? h('span', {class: 'true'}, '✓ true match') : null,
      ),
      a.heat.length > 1 ? this.heat(a) : null,
      h(
        'div',
        {class: 'about'},
        h('p', {class: 'title'}, h('b', {}, this.g.keys[a.n]), h('span', {class: 'dim'}, where)),
        text ? h('p', {class: 'text'}, text) : null,
        a.words ? h('p', {class: 'text', title: 'said or written in this clip'}, `“${a.words}”`) : null,
        h(
          'p',
          {class: 'foot'},
          strong,
          h('span', {class: 'dim', title: 'cosine similarity'}, fixed(a.score, 3)),
          h(
            'span',
            {class: 'acts'},
            act('More like this', () => this.like(a.n, -1)),
            part >= 0 && clips ? act('Search with this clip', () => this.like(a.n, part)) : null,
          ),
        ),
      ),
    );
    return e;
  }

  rove(i) {
    [...this.parts.answers.children].forEach((c, j) => c.setAttribute('tabindex', i === j ? '0' : '-1'));
  }
  walk(e) {
    const cards = [...this.parts.answers.children],
      at = cards.indexOf(e.target);
    if (at < 0) return;
    const top = cards[0].offsetTop,
      across = Math.max(cards.filter(c => c.offsetTop === top).length, 1),
      step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across}[e.key];
    if (e.key === 'Enter' || e.key === ' ') {
      if (e.target !== cards[at]) return;
      e.preventDefault();
      return this.choose(at, true);
    }
    if (!step || !cards[at + step]) return;
    e.preventDefault();
    e.stopPropagation();
    cards[at + step].focus();
    this.choose(at + step);
  }
  key(e) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName);
    if (e.key !== '/' || typing || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    e.stopPropagation();
    this.parts.words?.focus();
    this.parts.words?.select();
  }

  choose(i, play = true) {
    const a = this.reply.answers[i];
    if (!a) return;
    [...this.parts.answers.children].forEach((c, j) => c.classList.toggle('chosen', i === j));
    const heat = a.heat,
      part = a.part >= 0 ? a.part : heat.length ? heat.indexOf(Math.max(...heat)) : 0;
    this.show(a.n, part, play);
  }

  /** Shows a video at one of its clips: player, and the panel that depends on it. */
  async show(n, part, play = true) {
    if (n === undefined) return;
    part = Math.min(Math.max(part, 0), this.parts_of(n) - 1);
    const same = this.shown && this.shown.n === n;
    this.shown = {n, part};
    this.set({video: this.g.keys[n], clip: part});
    this.player.show(n, part, play);
    if (!same || this.state.panel === 'Time' || this.state.panel === 'Map') this.panel();
  }

  /* panels */
  async panel() {
    const name = this.state.panel,
      {parts} = this,
      turn = (this.panelTurn = (this.panelTurn || 0) + 1);
    for (const b of parts.tabs.children) {
      b.setAttribute('aria-selected', String(b.value === name));
      b.setAttribute('tabindex', b.value === name ? '0' : '-1');
    }
    parts.help.textContent = this.about.help?.[name] || HELP[name];
    if (this.panelName !== name) {
      parts.panel.replaceChildren(h('p', {class: 'dim'}, 'Computing …'));
      this.table = null;
      this.cloud = null;
      this.redraw = null;
    }
    const draw = {
      Time: 'time',
      Map: 'map',
      Ranks: 'ranks',
      Confusions: 'confusions',
      Captions: 'captions',
      Compare: 'compare',
    };
    try {
      const made = await this[draw[name]](() => turn === this.panelTurn);
      if (turn !== this.panelTurn || !made) return;
      this.panelName = name;
    } catch (e) {
      if (turn === this.panelTurn)
        parts.panel.replaceChildren(h('p', {class: 'problem', role: 'alert'}, e.message));
      this.panelName = null;
    }
  }

  /** A reply that is asked for once. */
  once(message) {
    const key = JSON.stringify(message);
    if (!this.kept[key]) {
      this.kept[key] = this.send(message);
      this.kept[key].catch(() => delete this.kept[key]);
    }
    return this.kept[key];
  }

  videoMessage() {
    const {state, way} = this,
      {cycles, aligned} = state,
      what = state.words ? {words: state.words} : {item: state.item};
    return {do: 'video', key: this.g.keys[this.shown.n], direction: way.name, cycles, aligned, ...what};
  }

  async time(current) {
    if (!this.shown) return null;
    const {n, part} = this.shown,
      d = await this.send(this.videoMessage());
    if (!current()) return null;
    const from = this.g.first[n],
      spans = d.lanes.map((_, j) => [this.g.start[from + j], this.g.stop[from + j]]),
      texts =
        this.about.paired && this.g.texts
          ? this.g.texts.slice(from, from + d.sim.length)
          : d.sim.map((_, i) => (spans[i] ? span(...spans[i]) : `${i + 1}`));
    const host = h('div', {class: 'draw'}),
      cycles = h(
        'label',
        {class: 'check', title: CYCLES},
        h('input', {
          type: 'checkbox',
          checked: this.state.cycles,
          onchange: e => (this.set({cycles: e.target.checked}), this.panel()),
        }),
        ' cycles',
      ),
      aligned = h(
        'label',
        {class: 'check', title: ALIGNED},
        h('input', {
          type: 'checkbox',
          checked: this.state.aligned,
          onchange: e => (this.set({aligned: e.target.checked}), this.panel()),
        }),
        ' alignment',
      ),
      head = h(
        'div',
        {class: 'bar'},
        h('b', {}, this.nameOf(n, part)),
        this.about.paired ? cycles : null,
        this.about.paired && d.sim.length > 1 ? aligned : null,
      );
    this.parts.panel.replaceChildren(
      head,
      ...(d.cycle ? [h('p', {class: 'help'}, CYCLES)] : []),
      ...(d.path ? [h('p', {class: 'help'}, ALIGNED)] : []),
      host,
    );
    this.redraw = () =>
      heatmap(
        host,
        {...d, spans, texts, duration: this.g.duration[n]},
        this.palette,
        c => this.show(n, c.clip),
      );
    this.redraw();
    this.table = {
      csv: () =>
        csv(
          ['sentence', ...spans.map(x => span(...x))],
          d.sim.map((row, i) => [texts[i], ...row]),
        ),
    };
    return true;
  }

  /** The table of queries of the present direction, unpacked. */
  async queries() {
    const d = await this.once({do: 'queries', pair: this.way.pair});
    columnsOf(d);
    if (this.way.parts)
      d.columns['place in the video'] ??= Float32Array.from({length: d.n}, (_, i) => this.itemOf(i)[1] + 1);
    return d;
  }

  async map(current) {
    const way = this.way,
      [d, q] = await Promise.all([
        this.once({do: 'map', pair: way.pair, method: this.state.method}),
        this.queries(),
      ]);
    if (!current()) return null;
    if (!d.x) {
      const xy = d.points || unpack(d.xy);
      d.x = Float32Array.from({length: xy.length / 2}, (_, i) => xy[2 * i]);
      d.y = Float32Array.from({length: xy.length / 2}, (_, i) => xy[2 * i + 1]);
    }
    const n = q.n,
      both = d.x.length > n,
      item = i => i % n;
    if (this.panelName !== 'Map' || !this.cloud) {
      const names = Object.keys(q.columns).filter(c => !['key', 'part', 'rival', 'text'].includes(c));
      const colors = h(
        'select',
        {'aria-label': 'color by', onchange: e => (this.set({color: e.target.value}), this.panel())},
        ['kind', ...names, 'density']
          .filter(c => c !== 'kind' || both)
          .map(c => h('option', {value: c}, `color: ${COLUMNS[c] || c}`)),
      );
      const methods = h(
        'select',
        {
          'aria-label': 'projection',
          onchange: e => {
            this.set({method: e.target.value});
            this.mapNote.textContent = e.target.value === 'umap' ? 'Computing … (minutes for many points)' : 'Computing …';
            this.panel();
          },
        },
        this.methods_known.map(v => h('option', {value: v}, {pca: 'principal components', umap: 'UMAP'}[v])),
      );
      const lasso = h(
        'button',
        {
          type: 'button',
          'aria-pressed': 'false',
          title: 'draw around points to choose them; the same with Shift and drag',
          onclick: e => {
            this.cloud.lasso = !this.cloud.lasso;
            e.target.setAttribute('aria-pressed', String(this.cloud.lasso));
          },
        },
        'Lasso',
      );
      const reset = h(
        'button',
        {type: 'button', title: 'the whole map; also a double click', onclick: () => this.cloud.reset()},
        'Reset view',
      );
      this.mapNote = h('span', {class: 'dim', role: 'status'});
      this.mapLegend = h('div', {class: 'legend'});
      const host = h('div', {class: 'mapbox'});
      this.parts.panel.replaceChildren(
        h('div', {class: 'bar'}, colors, methods, lasso, reset, this.mapNote),
        this.mapLegend,
        host,
      );
      Object.assign(this, {colors, methods});
      this.cloud = new Points(host, 'map of the embeddings', {
        describe: i => this.describe(item(i), i >= n, q),
        open: i => this.askRow(item(i)),
        select: rows => this.pick([...new Set(rows.map(item))].sort((a, b) => a - b)),
        neighbors: i => this.neighborsOf(item(i), i >= n ? 0 : n, both),
      });
    }
    const name =
      ['kind', 'density'].includes(this.state.color) || this.state.color in q.columns
        ? this.state.color
        : both
          ? 'kind'
          : Object.keys(q.columns)[0];
    this.colors.value = name;
    this.methods.value = this.state.method;
    this.cloud.d = d;
    this.redraw = () => {
      const p = this.palette,
        {color, entries} = this.paint(name, q, d.x.length, p);
      this.mapLegend.replaceChildren(
        ...entries,
        ...(both && this.about.paired ? [h('span', {class: 'dim'}, '● query  ▲ true match')] : []),
      );
      this.cloud.rings = this.marks(n, both);
      this.cloud.chosen = new Set(this.state.picked);
      this.cloud.set(
        {
          x: d.x,
          y: d.y,
          color,
          kind: both ? Uint8Array.from(d.x, (_, i) => +(i >= n)) : null,
          pairs: both && n <= 600 ? n : 0,
        },
        p,
      );
    };
    this.redraw();
    const chosen = this.state.picked.length;
    this.mapNote.textContent = chosen
      ? `${chosen} of ${n} chosen`
      : `${n.toLocaleString('en')} ${both ? 'pairs' : 'points'}`;
    this.table = {
      csv: () =>
        csv(
          ['item', 'x', 'y'],
          [...d.x].map((x, i) => [this.nameOf(...this.itemOf(item(i))), x, d.y[i]]),
        ),
    };
    return true;
  }

  /** The five points of the other kind that are nearest to one, and as a list; `first` is the first of that kind. */
  async neighborsOf(row, first, both) {
    const way = this.way,
      back = this.about.directions.find(d => d.parts === way.parts && d.table && d.asks !== way.asks),
      asked = both && !first && back ? back : way,
      [n, part] = this.itemOf(row),
      reply = await this.send({do: 'ask', direction: asked.name, k: 6, item: [this.g.keys[n], part]});
    const rows = reply.answers
        .map(a => ({row: way.parts ? this.g.first[a.n] + a.part : a.n, score: a.score}))
        .filter(x => x.row !== row || both)
        .slice(0, 5),
      line = x => {
        const at = this.itemOf(x.row),
          text = this.textOf(...at);
        return h('li', {}, short(text || this.shortName(...at), 42), h('span', {class: 'dim'}, fixed(x.score, 2)));
      };
    const head = both && this.about.paired ? `nearest ${way.kinds[first ? 1 : 0]}s` : 'nearest';
    return {
      points: rows.map(x => x.row + (both ? first : 0)),
      words: h('div', {}, h('p', {class: 'dim'}, head), h('ol', {}, rows.map(line))),
    };
  }

  /** A color for each point by a column, with its legend. */
  paint(name, q, total, p) {
    const n = q.n,
      color = new Uint8Array(3 * total),
      put = (i, c) => {
        for (let k = 0; k < 3; k++) color[3 * i + k] = c[k];
      };
    if (name === 'kind') {
      const two = [parsed(p.accent), parsed(p.warm)];
      for (let i = 0; i < total; i++) put(i, two[+(i >= n)]);
      const [a, b] = this.way.kinds;
      return {color, entries: [h('span', {}, swatch(p.accent), a), h('span', {}, swatch(p.warm), b)]};
    }
    const values = name === 'density' ? density(this.cloud.d) : q.columns[name];
    if (Array.isArray(values)) {
      const {names, place} = categories(values, KINDS.length - 1);
      for (let i = 0; i < total; i++) put(i, parsed(KINDS[place[i % n]]));
      return {color, entries: names.map((k, i) => h('span', {}, swatch(KINDS[i]), short(k, 30)))};
    }
    const log = ['rank', 'seconds', 'density'].includes(name),
      f = log ? x => Math.log1p(x) : x => x,
      all = Float64Array.from(values, f),
      each = all.length;
    let low = Infinity,
      high = -Infinity;
    for (const x of all) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
    const none = parsed(p.line);
    for (let i = 0; i < total; i++) {
      const x = all[i % each];
      put(i, Number.isNaN(x) ? none : shade((x - low) / (high - low || 1), p));
    }
    const back = v => (log ? Math.expm1(v) : v),
      shown = v =>
        name === 'rank'
          ? Math.floor(v) + 1
          : Math.abs(v) >= 10 || Number.isInteger(v)
            ? Math.round(v).toLocaleString('en').replace('-', '−')
            : fixed(v, 2);
    const bar = s('svg', {viewBox: '0 0 96 10', width: 96, height: 10, 'aria-hidden': 'true'});
    for (let i = 0; i < 32; i++) bar.append(s('rect', {x: 3 * i, width: 3.2, height: 10, fill: rgb(shade(i / 31, p))}));
    const ends = name === 'density' ? ['few', 'many points nearby'] : [`${COLUMNS[name] || name}: ${shown(back(low))}`, shown(back(high))];
    return {color, entries: [h('span', {}, ends[0], bar, ends[1])]};
  }

  /** Rings for the query and its answers. */
  marks(n, both) {
    if (!this.reply) return [];
    const way = this.way,
      out = [];

    this.reply.answers.slice(0, 9).forEach((a, i) => {
      const row = way.parts ? (a.part >= 0 ? this.g.first[a.n] + a.part : -1) : a.n;
      if (row >= 0 && row < n) out.push({i: both && way.table ? n + row : row, words: String(i + 1)});
    });
    if (this.state.item && !this.state.words) {
      const row = this.rowOf(this.g.number.get(this.state.item[0]), this.state.item[1]);
      out.push({i: row, words: 'query', query: true});
    }
    return out;
  }

  describe(row, answer, q) {
    const [n, part] = this.itemOf(row),
      kind = this.about.paired ? this.way.kinds[answer ? 1 : 0] : this.way.parts ? 'clip' : 'video',
      text = this.textOf(n, part);
    return h(
      'div',
      {},
      this.picture(n, part, 'medium'),
      h('b', {}, this.nameOf(n, part)),
      h('p', {}, short(text, 140)),
      h(
        'p',
        {class: 'dim'},
        this.about.paired
          ? `${kind}; as a query its match is at rank ${Math.floor(q.columns.rank[row]) + 1}`
          : kind,
      ),
    );
  }

  pick(rows) {
    this.set({picked: rows});
    this.panel();
  }

  /** Rows that are chosen and have the words of the filter. */
  rows(q) {
    const words = wordsOf(this.state.find),
      base = this.state.picked.length ? this.state.picked : [...Array(q.n).keys()];
    if (!words.length) return base;
    return base.filter(r => {
      const [n, part] = this.itemOf(r);
      return matches(`${this.g.keys[n]} ${this.textOf(n, part)}`, words);
    });
  }

  async ranks(current) {
    const q = await this.queries();
    if (!current()) return null;
    const c = q.columns;
    if (this.panelName !== 'Ranks' || !this.rankParts) {
      const filter = h('input', {
        type: 'search',
        class: 'filter',
        placeholder: 'filter by words of the text, or a name',
        'aria-label': 'filter the queries',
        value: this.state.find,
        oninput: e => (this.set({find: e.target.value}), this.redraw()),
      });
      this.rankParts = {
        left: h('div', {class: 'draw'}),
        right: h('div', {class: 'draw'}),
        note: h('p', {class: 'note', role: 'status'}),
        table: h('div', {class: 'grid'}),
        filter,
        all: h(
          'button',
          {
            type: 'button',
            onclick: () => (this.set({picked: [], find: ''}), (filter.value = ''), this.panel()),
          },
          'All queries',
        ),
      };
      const {left, right, note, table, all} = this.rankParts;
      this.parts.panel.replaceChildren(
        h('div', {class: 'two'}, left, right),
        h('div', {class: 'bar'}, filter, all),
        note,
        table,
      );
    }
    const {left, right, note, table} = this.rankParts,
      text = r => this.textOf(...this.itemOf(r));
    const columns = [
      {
        name: 'rank',
        number: true,
        value: r => Math.floor(c.rank[r]) + 1,
        help: 'place of the true match; 1 is found first',
      },
      {name: 'query', under: 'text', value: r => this.shortName(...this.itemOf(r))},
      {name: 'text', wide: true, value: text, over: r => this.shortName(...this.itemOf(r))},
      {
        name: 'margin',
        number: true,
        value: r => +c.margin[r].toFixed(3),
        show: r => signed(c.margin[r]),
        help: 'score of the true match minus that of the best wrong answer',
      },
      {
        name: 'won instead',
        wide: true,
        value: r => (c.rank[r] >= 1 ? text(c.rival[r]) : ''),
        over: r => this.shortName(...this.itemOf(c.rival[r])),
        help: 'the best wrong answer, where it won',
      },
      {name: 'words', number: true, minor: true, value: r => c.words[r], help: 'words of the text'},
      {
        name: 'seconds',
        number: true,
        minor: true,
        value: r => +c.seconds[r].toFixed(1),
        help: 'length of the video or clip',
      },
      {
        name: 'ties',
        number: true,
        minor: true,
        value: r => c.ties[r],
        help: 'wrong answers with exactly the score of the true match',
      },
      {name: 'copies', number: true, minor: true, value: r => c.copies[r], help: 'items with the same text'},
      {
        name: 'excused',
        minor: true,
        value: r => (c.excused[r] ? 'yes' : ''),
        help: 'the answer that won has the same text',
      },
    ];
    for (const name of q.given) {
      const number = !Array.isArray(c[name]),
        show = r => (Number.isNaN(c[name][r]) ? '' : String(+c[name][r].toFixed(3)).replace('-', '−'));
      columns.push({name, number, minor: true, value: r => c[name][r], show: number ? show : null});
    }
    this.table = new Table(table, columns, {sort: {name: 'rank', down: true}, open: r => this.askRow(r)});
    this.redraw = () => {
      const p = this.palette,
        rows = this.rows(q),
        all = rows.length === q.n,
        rank = rows.map(r => c.rank[r]),
        share = rows.length / q.n;
      bars(
        left,
        {
          ...q.bars,
          log: true,
          xlabel: `rank of the true match, of ${q.n} (log)`,
          ylabel: 'queries',
          series: [
            {name: 'found', values: histogram(rank, q.bars.edges)},
            {name: 'by chance', values: q.bars.chance.map(x => x * share)},
          ],
        },
        p,
        (a, b) => this.pick(this.rows(q).filter(r => c.rank[r] + 1 >= a && Math.floor(c.rank[r]) + 1 < b)),
      );
      const lines = [{name: 'all', ...q.curve}];
      if (!all && rows.length) lines.push({name: 'chosen', mid: q.curve.k.map(k => recall(rank, k))});
      curve(right, {k: q.curve.k, lines, candidates: q.n}, p);
      const shares = [1, 5, 10].map(k => {
        const x = recall(rank, k),
          [low, high] = wilson(x, rows.length);
        return `R@${k} ${(100 * x).toFixed(1)} % (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;
      });
      note.textContent = `${rows.length} of ${q.n} queries${rows.length ? `: ${shares.join(', ')}; 95 % intervals` : ''}`;
      this.table.set(rows);
    };
    this.redraw();
    return true;
  }

  async confusions(current) {
    const d = await this.once({do: 'confusions', pair: this.way.pair});
    if (!current()) return null;
    const hubs = h('div', {class: 'draw'}),
      tables = [],
      name = r => this.shortName(...this.itemOf(r)),
      text = r => this.textOf(...this.itemOf(r)),
      add = (title, help, columns, rows, open) => {
        const host = h('div', {class: 'grid'}),
          t = new Table(host, columns, {open});
        t.set(rows);
        tables.push(
          h('h3', {}, title),
          h('p', {class: 'help'}, help),
          rows.length ? host : h('p', {class: 'dim'}, 'None.'),
        );
        return t;
      };
    const both = side => [
      {name: side, under: `text of ${side}`, value: r => name(r[side])},
      {name: `text of ${side}`, wide: true, value: r => text(r[side]), over: r => name(r[side])},
    ];
    const pairs = [
      {name: 'times', number: true, value: r => r.times},
      {name: 'margin', number: true, value: r => +r.margin.toFixed(3), show: r => signed(r.margin)},
      ...both('one'),
      ...both('other'),
      {name: 'excused', value: r => (r.excused ? 'yes' : '')},
    ];
    add(
      'Hubs',
      `The answers that are in the most lists of ${d.k}; by chance each is in ${d.k}.`,
      [
        {name: 'lists', number: true, value: r => r.lists},
        {name: 'answer', under: 'text', value: r => name(r.row)},
        {name: 'text', wide: true, value: r => text(r.row), over: r => name(r.row)},
      ],
      d.hubs,
      r => this.askRow(r.row),
    );
    if (this.about.paired)
      this.table = add(
        'Exchanged pairs',
        'Items that take each other’s place, the most frequent first. “Excused”: both have the same text.',
        pairs,
        d.pairs,
        r => this.askRow(r.one),
      );
    const twins = add(
      'Nearly the same',
      'Pairs that the model can hardly tell apart (cosine of at least 0.95).',
      [
        {name: 'cosine', number: true, value: r => +r.similarity.toFixed(4), show: r => fixed(r.similarity, 4)},
        ...both('one'),
        ...both('other'),
      ],
      d.twins,
      r => this.askRow(r.one),
    );
    if (!this.about.paired) this.table = twins;
    const note = `${d.never.toLocaleString('en')} of ${d.n.toLocaleString('en')} answers are in no list of ${d.k}; skewness ${fixed(d.skew, 2)}, where random lists have about ${fixed(d.chance_skew, 2)}.`;
    this.parts.panel.replaceChildren(hubs, h('p', {class: 'note'}, note), ...tables);
    this.redraw = () =>
      bars(
        hubs,
        {
          edges: d.edges,
          log: false,
          xlabel: `lists of ${d.k} that an answer is in`,
          ylabel: 'answers',
          series: [
            {name: 'found', values: d.counts},
            {name: 'by chance', values: d.chance},
          ],
        },
        this.palette,
      );
    this.redraw();
    return true;
  }

  async captions(current) {
    if (!this.shown) return null;
    const {n} = this.shown,
      d = await this.once({do: 'captions', key: this.g.keys[n]});
    if (!current()) return null;
    this.redraw = null;
    const models = d.models;
    if (!models.length) {
      this.table = null;
      this.parts.panel.replaceChildren(h('p', {class: 'dim'}, 'No captions for this video.'));
      return true;
    }
    const said = line => runs(line.words).flatMap(([words, again]) => [again ? h('u', {}, words) : words, ' ']),
      host = h('div', {class: 'grid'});
    const columns = [
      {name: 'time', value: i => span(...this.spanOf(n, i)), by: i => i},
      {name: 'annotated', wide: true, value: i => this.textOf(n, i)},
      ...models.map(m => ({
        name: m.name,
        wide: true,
        help: `sort by ROUGE‑L; the mean of this video is ${m.mean.toFixed(2)}`,
        value: i => (m.lines[i] ? m.lines[i].words.map(w => w[0]).join(' ') : ''),
        by: i => (m.lines[i] ? m.lines[i].value : -1),
        nodes: i => (m.lines[i] ? [...said(m.lines[i]), h('span', {class: 'dim'}, m.lines[i].value.toFixed(2))] : []),
      })),
    ];
    this.table = new Table(host, columns, {open: i => this.show(n, i)});
    this.table.set(Array.from({length: this.parts_of(n)}, (_, i) => i));
    const room = 90 + 160 * (models.length + 1);
    this.redraw = () => host.classList.toggle('stacked', host.clientWidth < room);
    const means = models.map(m => `${m.name} ${m.mean.toFixed(2)}`).join(', ');
    this.parts.panel.replaceChildren(
      h('div', {class: 'bar'}, h('b', {}, this.g.keys[n]), h('span', {class: 'dim'}, `mean ROUGE‑L: ${means}`)),
      host,
    );
    this.redraw();
    return true;
  }

  async compare(current) {
    const d = await this.once({do: 'compare', pair: this.way.pair});
    if (!current()) return null;
    if (!d.x) {
      d.x = unpack(d.a);
      d.y = unpack(d.b);
      d.at = unpack(d.rows);
    }
    const n = d.x.length,
      most = Math.log(Math.max(d.candidates, 2)),
      scale = r => Math.min(Math.log(r + 1) / most, 1),
      jitter = i => (((i * 0.754877666) % 1) - 0.5) * 0.02;
    const host = h('div', {class: 'mapbox small'}),
      scores = h('div', {class: 'grid'}),
      changed = h('div', {class: 'grid'});
    const pct = x => (100 * x).toFixed(1),
      sign = x => (x > 0 ? '+' : '') + fixed(100 * x, 1);
    const top = new Table(scores, [
      {name: 'metric', value: r => r.metric},
      {name: 'A', number: true, value: r => +pct(r.A), show: r => pct(r.A)},
      {name: 'B', number: true, value: r => +pct(r.B), show: r => pct(r.B)},
      {
        name: 'difference',
        number: true,
        value: r => +(100 * r.difference).toFixed(1),
        show: r => sign(r.difference),
      },
      {name: '95 % interval', value: r => `${sign(r.low)} to ${sign(r.high)}`},
      {name: 'only A', number: true, value: r => r.only_A, help: 'queries that only A gets right'},
      {name: 'only B', number: true, value: r => r.only_B, help: 'queries that only B gets right'},
    ]);
    top.set(d.scores);
    const rows = [...Array(n).keys()].filter(i => d.x[i] !== d.y[i]);
    this.table = new Table(
      changed,
      [
        {
          name: 'change',
          number: true,
          value: i => Math.round(d.x[i] - d.y[i]),
          show: i => `${d.y[i] < d.x[i] ? '▲' : '▼'} ${Math.abs(Math.round(d.x[i] - d.y[i]))}`,
          help: 'ranks that B is better than A',
        },
        {name: 'rank in A', number: true, value: i => Math.floor(d.x[i]) + 1},
        {name: 'rank in B', number: true, value: i => Math.floor(d.y[i]) + 1},
        {name: 'query', under: 'text', value: i => this.nameOf(...this.itemOf(d.at[i]))},
        {name: 'text', wide: true, value: i => this.textOf(...this.itemOf(d.at[i])), over: i => this.nameOf(...this.itemOf(d.at[i]))},
      ],
      {sort: {name: 'change', down: true}, open: i => this.askRow(d.at[i])},
    );
    this.table.set(rows);
    const better = rows.filter(i => d.y[i] < d.x[i]).length;
    this.parts.panel.replaceChildren(
      h('p', {class: 'note'}, h('b', {}, 'A '), d.names[0], h('b', {}, ' · B '), d.names[1]),
      scores,
      h(
        'p',
        {class: 'note'},
        `${n} shared queries: B ranks ${better} better, ${rows.length - better} worse, ${n - rows.length} the same.`,
      ),
      host,
      h(
        'div',
        {class: 'legend'},
        h('span', {}, swatch('var(--accent)'), 'B ranks it better (below the line)'),
        h('span', {}, swatch('var(--warm)'), 'A ranks it better'),
        h('span', {}, swatch('var(--soft)'), 'the same'),
      ),
      changed,
    );
    const cloud = (this.cloud = new Points(host, 'rank in one run against rank in the other', {
      describe: i =>
        h(
          'div',
          {},
          h('b', {}, this.nameOf(...this.itemOf(d.at[i]))),
          h('p', {}, short(this.textOf(...this.itemOf(d.at[i])), 140)),
          h('p', {class: 'dim'}, `rank ${Math.floor(d.x[i]) + 1} in A, ${Math.floor(d.y[i]) + 1} in B`),
        ),
      open: i => this.askRow(d.at[i]),
      select: found => this.pick(found.map(i => d.at[i]).sort((a, b) => a - b)),
    }));
    this.redraw = () => {
      const p = this.palette,
        color = new Uint8Array(3 * n),
        at = powers(1, d.candidates).map(t => ({at: scale(t - 1), words: String(t)}));
      for (let i = 0; i < n; i++)
        color.set(parsed(d.y[i] < d.x[i] ? p.accent : d.y[i] > d.x[i] ? p.warm : p.soft), 3 * i);
      cloud.chosen = new Set();
      cloud.set(
        {
          x: Float32Array.from(d.x, (r, i) => scale(r) + jitter(i)),
          y: Float32Array.from(d.y, (r, i) => scale(r) + jitter(i + 7)),
          color,
          diagonal: true,
          xticks: at,
          yticks: at,
          xlabel: 'rank in A (log)',
          ylabel: 'rank in B (log)',
        },
        p,
      );
    };
    this.redraw();
    return true;
  }

  /* themes */
  nextTheme() {
    this.set({theme: {'': 'light', light: 'dark', dark: ''}[this.state.theme] ?? ''});
    this.themed();
  }
  themed() {
    const name = this.state.theme;
    if (name) this.root.dataset.theme = name;
    else delete this.root.dataset.theme;
    const words = name || 'system';
    this.parts.theme.textContent = `Theme: ${words}`;
    this.parts.theme.setAttribute('aria-label', `color theme: ${words}`);
    this.redraw?.();
  }

  /* exports */
  exports() {
    const item = (name, run) =>
      h('button', {type: 'button', onclick: () => ((menu.open = false), run())}, name);
    const menu = h(
      'details',
      {class: 'menu'},
      h('summary', {class: 'tool'}, 'Export'),
      h(
        'div',
        {class: 'items'},
        item('Table of this panel (CSV)', () => this.saveTable()),
        item('This panel as SVG', () => this.savePanel('svg')),
        item('This panel as PNG', () => this.savePanel('png')),
        this.link.clip ? item('This clip (mp4)', () => this.saveClip()) : null,
        this.link.page ? item('The explorer as one page (HTML)', () => this.savePage()) : null,
        this.link.address ? item('Copy a link to this view', () => this.copyLink()) : null,
      ),
    );
    return menu;
  }
  stem() {
    return [this.about.name, this.state.panel, this.state.direction].join('_').replace(/[^\w.-]+/g, '_');
  }
  download(name, blob) {
    const url = URL.createObjectURL(blob),
      a = h('a', {href: url, download: name});
    this.root.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }
  saveTable() {
    const text = this.table?.csv?.();
    if (!text) return this.say('This panel has no table.', true);
    this.download(`${this.stem()}.csv`, new Blob(['\ufeff' + text], {type: 'text/csv'}));
  }
  /** The drawings of the panel below each other, under the run's name. */
  async picturePanel() {
    const p = this.palette,
      drawn = [...this.parts.panel.querySelectorAll('svg.drawing, .points')],
      pieces = [];
    let y = 34,
      width = 300;
    for (const e of drawn) {
      const b = e.getBoundingClientRect();
      if (e.tagName === 'svg') {
        const copy = e.cloneNode(true);
        copy.setAttribute('x', 8);
        copy.setAttribute('y', y);
        copy.setAttribute('width', b.width);
        copy.setAttribute('height', b.height);
        pieces.push(copy);
      } else {
        const c = document.createElement('canvas'),
          [below, above] = e.querySelectorAll('canvas');
        c.width = below.width;
        c.height = below.height;
        const g = c.getContext('2d');
        g.drawImage(below, 0, 0);
        g.drawImage(above, 0, 0);
        pieces.push(s('image', {x: 8, y, width: b.width, height: b.height, href: c.toDataURL('image/png')}));
      }
      y += b.height + 8;
      width = Math.max(width, b.width + 16);
    }
    if (!drawn.length) return null;
    const title = `${this.about.name}${this.about.split ? `, ${this.about.split}` : ''} · ${this.state.panel} · ${this.state.direction}`;
    const svg = s(
      'svg',
      {
        xmlns: SVG,
        viewBox: `0 0 ${width} ${y}`,
        width,
        height: y,
        'font-family': p.family,
        'font-size': 12,
      },
      s('rect', {width: '100%', height: '100%', fill: p.bg}),
      label(10, 21, title, {fill: p.fg, 'font-size': 14, 'font-weight': 600}),
      ...pieces,
    );
    return {svg, width, height: y, text: new XMLSerializer().serializeToString(svg)};
  }
  async savePanel(kind) {
    const found = await this.picturePanel();
    if (!found) return this.say('This panel has no drawing: export its table.', true);
    const blob = new Blob([found.text], {type: 'image/svg+xml'});
    if (kind === 'svg') return this.download(`${this.stem()}.svg`, blob);
    const img = new Image(),
      c = document.createElement('canvas');
    img.src = `data:image/svg+xml;base64,${btoa(unescape(encodeURIComponent(found.text)))}`;
    await img.decode();
    c.width = 2 * found.width;
    c.height = 2 * found.height;
    c.getContext('2d').drawImage(img, 0, 0, c.width, c.height);
    c.toBlob(b => this.download(`${this.stem()}.png`, b), 'image/png');
  }
  async saveClip() {
    const {n, part} = this.shown || {};
    if (n === undefined || !this.g.files[n]) return this.say('This video has no file here.', true);
    const [a, b] = this.spanOf(n, part);
    try {
      const blob = await this.link.clip(n, part);
      this.download(`${this.g.keys[n]}_${a.toFixed(1)}-${b.toFixed(1)}.mp4`.replace(/[^\w.-]+/g, '_'), blob);
    } catch (e) {
      this.say(e.message, true);
    }
  }
  async savePage() {
    try {
      this.download(`${this.about.name}.html`.replace(/[^\w.-]+/g, '_'), await this.link.page());
    } catch (e) {
      this.say(e.message, true);
    }
  }
  async copyLink() {
    await navigator.clipboard.writeText(this.link.address(this.state, this.first));
  }
}

/** The player: a film that loops a moment, or its pictures where no film can be played. */
class Player {
  constructor(app, host) {
    Object.assign(this, {app, host, loop: true});
    this.video = h('video', {muted: true, playsinline: true, preload: 'metadata', controls: true});
    this.video.muted = true;
    this.screen = h('div', {class: 'screen'});
    this.track = h('div', {class: 'track', role: 'group', 'aria-label': 'moments of this video'});
    this.needle = h('i', {class: 'needle'});
    this.title = h('p', {class: 'title'});
    this.text = h('p', {class: 'text'});
    this.note = h('p', {class: 'warn', hidden: true});
    const act = (name, title, run) => h('button', {type: 'button', title, onclick: run}, name);
    const loop = act('Loop', 'play this clip again and again', () => {
      this.loop = !this.loop;
      loop.setAttribute('aria-pressed', String(this.loop));
    });
    loop.setAttribute('aria-pressed', 'true');
    const step = (name, sign, by) => h('button', {type: 'button', title: name, 'aria-label': name, onclick: () => this.step(by)}, sign);
    const bar = h(
      'div',
      {class: 'bar'},
      h('div', {class: 'segments'}, step('previous clip', '‹', -1), step('next clip', '›', 1)),
      loop,
      act('More like this', 'videos that look like this one', () => app.like(this.n, -1)),
      act('Search with this clip', 'clips that look like this one', () => app.like(this.n, this.part)),
    );
    host.replaceChildren(
      h('div', {class: 'seen'}, this.screen, this.track),
      h('div', {class: 'said'}, this.title, this.text, bar, this.note),
    );
    this.video.addEventListener('timeupdate', () => this.tick(this.video.currentTime));
    this.video.addEventListener(
      'error',
      () =>
        this.video.getAttribute('src') &&
        this.frames('This browser cannot play the file; its pictures are shown instead.'),
    );
    this.video.addEventListener('loadedmetadata', () => {
      if (!this.video.videoWidth)
        return this.frames(
          'This browser cannot show the picture of this file; its frames are shown instead.',
        );
      this.jump();
    });
    this.watch = h('div');
    new IntersectionObserver(found => {
      if (!found[0].isIntersecting) this.video.pause();
    }).observe(this.screen);
  }
  step(by) {
    if (this.n !== undefined)
      this.app.show(this.n, Math.min(Math.max(this.part + by, 0), this.app.parts_of(this.n) - 1));
  }
  async show(n, part, play) {
    const {app} = this,
      other = n !== this.n;
    Object.assign(this, {n, part, play});
    [this.start, this.stop] = app.spanOf(n, part);
    const many = app.parts_of(n);
    this.title.replaceChildren(
      h('b', {}, app.g.keys[n]),
      h('span', {class: 'dim'}, `clip ${part + 1} of ${many} · ${span(this.start, this.stop)}`),
    );
    this.text.textContent = app.g.texts ? app.textOf(n, part) : '';
    this.moments();
    if (!other && !this.flip) return this.jump();
    this.still();
    this.note.hidden = true;
    if (!other) return this.frames(this.note.textContent, this.note.dataset.quiet === '1');
    const film = app.g.files[n] ? await app.link.film?.(n) : null;
    if (this.n !== n) return;
    if (!film) {
      const why = app.g.files[n] ? app.about.no_film : app.about.missing;
      return this.frames(why || '', !why);
    }
    this.screen.replaceChildren(this.video);
    this.video.setAttribute('aria-label', `${app.g.keys[n]}, clip ${part + 1}`);
    this.video.src = film;
  }
  jump() {
    this.video.setAttribute('aria-label', `${this.app.g.keys[this.n]}, clip ${this.part + 1}`);
    if (this.video.readyState) this.video.currentTime = this.start + 0.001;
    if (this.play) this.video.play().catch(() => 0);
  }
  tick(now) {
    if (
      this.loop &&
      (now >= this.stop - 0.03 || now < this.start - 0.3) &&
      !this.video.paused &&
      !this.video.seeking
    )
      this.video.currentTime = this.start + 0.001;
    const end = this.app.g.duration[this.n] || 1;
    this.needle.style.left = `${Math.min((100 * now) / end, 100)}%`;
  }
  /** The moments of this video on its bar, the warmer the more like the query. */
  moments() {
    const {app, n} = this,
      end = app.g.duration[n] || 1,
      found = app.reply?.answers.find(a => a.n === n),
      share = found && found.heat.length === app.parts_of(n) ? ownScale(found.heat) : null;
    const parts = Math.min(app.parts_of(n), 400);
    const marks = Array.from({length: parts}, (_, j) => {
      const [a, b] = app.spanOf(n, j),
        e = h('button', {
          type: 'button',
          class: j === this.part ? 'now' : '',
          'aria-label': `clip ${j + 1}, ${span(a, b)}`,
          title: `clip ${j + 1} of ${parts}, ${span(a, b)}\n${app.textOf(n, j)}`,
          onclick: () => app.show(n, j),
        });
      e.style.left = `${(100 * a) / end}%`;
      e.style.width = `${Math.max((100 * (b - a)) / end, 0.7)}%`;
      if (share) e.style.background = rgb(cividis(share[j]));
      return e;
    });
    this.track.replaceChildren(...marks, this.needle);
    this.needle.style.left = `${(100 * this.start) / end}%`;
  }
  still() {
    clearInterval(this.flip);
    this.flip = 0;
  }
  /** A flip-book of the moment. */
  async frames(why, quiet = false) {
    this.still();
    this.video.pause();
    this.video.removeAttribute('src');
    this.note.textContent = why;
    this.note.className = why && why === this.app.about.no_film ? 'dim' : 'warn';
    this.note.dataset.quiet = quiet ? '1' : '';
    this.note.hidden = quiet || !why;
    const {app, n, start, stop} = this,
      count = Math.min(Math.max(Math.ceil(2 * (stop - start)), 1), app.link.most_frames || 8),
      some = app.g.files[n] || app.link.pictures_inside,
      words = h('span', {class: 'empty'}, app.g.files[n] ? 'pictures are being read …' : 'no video file'),
      box = h('div', {class: 'flip'}, words),
      at = i => start + ((i + 0.5) * (stop - start)) / count;
    this.screen.replaceChildren(box);
    const [middle, ...urls] = some
      ? await Promise.all(
          [(start + stop) / 2, ...Array.from({length: count}, (_, i) => at(i))].map(sec => app.link.picture?.(n, sec)),
        )
      : [];
    if (this.n !== n || this.start !== start) return;
    const picture = url => url && h('img', {src: url, alt: ''}),
      all = urls.map(picture),
      first = picture(middle),
      there = e => e && e.complete && e.naturalWidth;
    if (!first && !all.some(Boolean)) {
      if (some && app.g.files[n]) words.textContent = 'no pictures';
      return;
    }
    box.append(...[first, ...all].filter(Boolean));
    let i = 0,
      shown = null;
    const turn = () => {
      for (let step = 0; step < count && !there(all[i]); step++) i = (i + 1) % count;
      const now = there(all[i]) ? all[i] : there(first) ? first : null;
      if (!now) return;
      shown?.classList.remove('seen');
      (shown = now).classList.add('seen');
      words.textContent = '';
      this.needle.style.left = `${(100 * at(i)) / (app.g.duration[n] || 1)}%`;
      i = (i + 1) % count;
    };
    for (const e of [first, ...all]) e?.addEventListener('load', () => shown || turn());
    turn();
    if (count > 1 && !matchMedia('(prefers-reduced-motion: reduce)').matches) this.flip = setInterval(turn, 500);
  }
}

/* ------------------------------------------------------------------ homes */

/** Shows the film in a card while the pointer is on it. */
function preview(film) {
  let wait = 0;
  return {
    preview(box, n, start, stop, app) {
      clearTimeout(wait);
      if (!app.g.files[n]) return;
      wait = setTimeout(async () => {
        const url = await film(n);
        if (!url) return;
        const v = h('video', {playsinline: true});
        v.muted = true;
        v.addEventListener('loadedmetadata', () => (v.currentTime = start));
        v.addEventListener('seeked', () => v.play().catch(() => 0), {once: true});
        v.addEventListener('timeupdate', () => v.currentTime >= stop && (v.currentTime = start));
        v.addEventListener('error', () => v.remove());
        v.src = url;
        box.append(v);
      }, 180);
    },
    endPreview(box) {
      clearTimeout(wait);
      for (const v of box.querySelectorAll('video')) {
        v.removeAttribute('src');
        v.load();
        v.remove();
      }
    },
  };
}

/** A page that `coot explore` serves: everything is beside it, under an address with a secret. */
function served() {
  const film = n => `film/${n}`;
  async function got(path, options) {
    let r;
    try {
      r = await fetch(path, options);
    } catch {
      throw new Error('The server has ended: start coot explore again.');
    }
    if (!r.ok) throw new Error((await r.text()) || `the server answered ${r.status}`);
    return r;
  }
  return {
    async send(message) {
      const r = await got('ask', {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify(message),
      });
      return r.json();
    },
    picture: (n, at) => `picture/${n}/${Math.round(at * 1000)}`,
    film,
    clip: async (n, part) => (await got(`clip/${n}/${part}`)).blob(),
    page: async () => (await got('page')).blob(),
    load: () => fromLink(location.hash),
    save(state, first) {
      const hash = toLink(state, first);
      if (hash !== location.hash) history.replaceState(null, '', location.pathname + hash);
    },
    address: (state, first) => location.origin + location.pathname + toLink(state, first),
    changed: act => window.addEventListener('hashchange', () => act(fromLink(location.hash))),
    ...preview(film),
  };
}

/** A page from disk: replies were computed beforehand and are inside. */
export function stored(data) {
  const lists = {};
  const way = name => data.about.directions.find(d => d.name === name);
  function list(name) {
    if (!lists[name]) {
      const d = data.answers[name];
      lists[name] = {items: unpack(d.items), scores: descend(unpack(d.steps), d.width), width: d.width};
      if (d.heat) lists[name].heat = unpack(d.heat);
    }
    return lists[name];
  }
  /** The strip of an answer: they come one after the other, each as long as its video has clips. */
  function strip(found, parts, i) {
    if (!found.heat) return null;
    const {first} = data.gallery;
    if (!found.ends) {
      let sum = 0;
      found.ends = Int32Array.from(found.items, item => {
        const v = item < 0 ? -1 : parts ? ownerOf(first, item) : item;
        return (sum += v < 0 ? 0 : first[v + 1] - first[v]);
      });
    }
    return [...found.heat.subarray(i ? found.ends[i - 1] : 0, found.ends[i])];
  }
  function rowOf(d, [key, part]) {
    const n = data.gallery.keys.indexOf(key);
    return d.parts ? data.gallery.first[n] + Math.max(part, 0) : n;
  }
  const heats = {};
  function sims(n) {
    if (!heats.all) heats.all = unpack(data.heat);
    const {first} = data.gallery,
      size = i => first[i + 1] - first[i];
    if (!heats.start) {
      heats.start = [0];
      for (let i = 0; i + 1 < first.length; i++) heats.start.push(heats.start[i] + size(i) ** 2);
    }
    const m = size(n),
      out = [];
    for (let i = 0; i < m; i++)
      out.push([...heats.all.subarray(heats.start[n] + i * m, heats.start[n] + (i + 1) * m)]);
    return out;
  }
  function cycles(n) {
    const {clip, end} = (heats.cycles = heats.cycles || {clip: unpack(data.cycles.clip), end: unpack(data.cycles.end)}),
      [a, b] = [data.gallery.first[n], data.gallery.first[n + 1]];
    return {clip: [...clip.subarray(a, b)], end: [...end.subarray(a, b)]};
  }
  function paths(n) {
    const {first} = data.gallery;
    if (!heats.paths)
      heats.paths = pathsOf(unpack(data.moves), Array.from({length: first.length - 1}, (_, i) => first[i + 1] - first[i]));
    return heats.paths[n];
  }
  const answer = {
    open: () => data.about,
    gallery: () => data.gallery,
    scores: m => data.scores[m.pair],
    queries: m => data.queries[m.pair],
    map(m) {
      const turned = {par2vid: 'vid2par', sen2cli: 'cli2sen'}[m.pair],
        xy = unpack(data.map[turned || m.pair].xy),
        half = xy.length / 2;
      return {points: turned ? Float32Array.from([...xy.subarray(half), ...xy.subarray(0, half)]) : xy};
    },
    confusions: m => data.confusions[m.pair],
    compare: m => data.compare[m.pair],
    captions: m => data.captions[m.key] || {models: []},
    ask(m) {
      if (m.words) return {error: 'A page from disk has no text encoder: choose an item of the set instead.'};
      const d = way(m.direction),
        row = rowOf(d, m.item),
        found = list(m.direction),
        {items, scores, width} = found,
        [n, part] = d.parts ? [data.gallery.keys.indexOf(m.item[0]), Math.max(m.item[1], 0)] : [row, -1],
        answers = [],
        same = data.groups && data.groups[d.parts ? 'parts' : 'whole'],
        edges = data.strength && data.strength[d.pair];
      for (let j = 0; j < Math.min(m.k, width); j++) {
        const item = items[row * width + j],
          score = scores[row * width + j];
        if (item < 0) continue;
        const v = d.parts ? ownerOf(data.gallery.first, item) : item,
          p = d.parts ? item - data.gallery.first[v] : -1,
          right = d.table !== null && (same ? same[item] === same[row] : item === row);
        const own = v === n && part >= 0 ? (d.asks === 'text' ? sims(v)[part] : sims(v).map(r => r[part])) : [],
          heat = strip(found, d.parts, row * width + j) || own;
        const strength =
          edges && d.table ? (score >= edges[1] ? 'strong' : score >= edges[0] ? 'likely' : 'weak') : null;
        answers.push({n: v, part: p, score, right, heat, strength});
      }
      const q = d.table && data.queries[d.table];
      if (q) columnsOf(q);
      return {
        answers,
        ms: null,
        rank: q ? q.columns.rank[row] : null,
        margin: q ? q.columns.margin[row] : null,
        candidates: q ? (data.candidates || {})[d.table] || q.n : null,
      };
    },
    video(m) {
      const n = data.gallery.keys.indexOf(m.key),
        d = way(m.direction),
        mine = m.item && m.item[0] === m.key && d.parts && d.asks === 'text';
      return {
        sim: sims(n),
        lanes: lanes(data, n),
        query: [],
        sentence: mine ? m.item[1] : null,
        cycle: m.cycles && data.cycles ? cycles(n) : null,
        path: m.aligned && data.moves ? paths(n) : null,
      };
    },
  };
  return {
    send: async m => (answer[m.do] ? answer[m.do](m) : {error: 'This is not in a page from disk.'}),
    picture(n, at) {
      const all = data.pictures[n] || [];
      let best = null;
      for (const [sec, uri] of all)
        if (!best || Math.abs(sec - at) < Math.abs(best[0] - at)) best = [sec, uri];
      return best && best[1];
    },
    pictures_inside: data.pictures.some(some => some.length),
    most_frames: 4,
    load: () => fromLink(location.hash),
    save(state, first) {
      try {
        history.replaceState(null, '', location.pathname + toLink(state, first));
      } catch {
        /* some browsers forbid it for files */
      }
    },
    changed: act => window.addEventListener('hashchange', () => act(fromLink(location.hash))),
  };
}

/** Lanes in which the clips of a video do not overlap. */
function lanes(data, n) {
  const {first} = data.gallery,
    start = data.gallery.start,
    stop = data.gallery.stop,
    order = Array.from({length: first[n + 1] - first[n]}, (_, i) => i).sort(
      (a, b) => start[first[n] + a] - start[first[n] + b] || stop[first[n] + a] - stop[first[n] + b],
    ),
    ends = [],
    out = new Array(order.length).fill(0);
  for (const i of order) {
    let lane = ends.findIndex(e => e <= start[first[n] + i]);
    if (lane < 0) lane = ends.length;
    ends[lane] = stop[first[n] + i];
    out[i] = lane;
  }
  return out;
}

/** A notebook: messages go to the kernel and come back with a number; media come as bytes. */
function kernel(model) {
  const waiting = new Map(),
    kept = new Map();
  let number = 0;
  model.on('msg:custom', (m, buffers) => {
    const done = waiting.get(m.number);
    waiting.delete(m.number);
    done?.({...m.reply, buffers});
  });
  const send = message =>
    new Promise(done => {
      waiting.set(++number, done);
      model.send({number, message});
    });
  async function bytes(message, type) {
    const r = await send(message);
    if (r.error) throw new Error(r.error);
    return r.buffers?.length && r.buffers[0].byteLength
      ? new Blob([r.buffers[0]], {type: r.type || type})
      : null;
  }
  function url(message, most) {
    const key = JSON.stringify(message);
    if (!kept.has(key)) {
      kept.set(
        key,
        bytes(message)
          .then(b => b && URL.createObjectURL(b))
          .catch(() => null),
      );
      const mine = [...kept.keys()].filter(k => k.includes(`"${message.do}"`));
      if (mine.length > most) {
        kept.get(mine[0]).then(u => u && URL.revokeObjectURL(u));
        kept.delete(mine[0]);
      }
    }
    return kept.get(key);
  }
  const film = n => url({do: 'film', n}, 3);
  return {
    send,
    picture: (n, at) => url({do: 'picture', n, at}, 400),
    film,
    clip: (n, part) => bytes({do: 'clip', n, part}, 'video/mp4'),
    page: () => bytes({do: 'page'}, 'text/html'),
    load: () => model.get('state'),
    save(state) {
      if (JSON.stringify(state) === JSON.stringify(model.get('state'))) return;
      model.set('state', JSON.parse(JSON.stringify(state)));
      model.save_changes();
    },
    changed: act => model.on('change:state', () => act(model.get('state'))),
    ...preview(film),
  };
}

async function inside_page(script) {
  const bytes = Uint8Array.from(atob(script.textContent.trim()), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

export default {
  render({model, el}) {
    const root = document.createElement('div');
    root.dataset.home = 'notebook';
    el.append(root);
    new App(root, kernel(model));
  },
};

if (typeof document !== 'undefined') {
  const root = document.getElementById('coot-explorer'),
    script = document.getElementById('coot-data');
  if (root && script) inside_page(script).then(data => (window.explorer = new App(root, stored(data))));
  else if (root) window.explorer = new App(root, served());
  if (root) document.addEventListener('keydown', e => !root.contains(e.target) && window.explorer?.key(e));
}
