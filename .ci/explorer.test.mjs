// Pure functions of the explorer's front end: `node --test .ci/explorer.test.mjs`.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import test from 'node:test';
import * as x from '../coot_nb/views/static/explorer.js';

test('a clock as in Python', () => {
  assert.equal(x.clock(59.6), '1:00');
  assert.equal(x.clock(4503), '1:15:03');
  assert.equal(x.clock(0), '0:00');
  assert.equal(x.clock(2.5), '0:03');
  assert.equal(x.clock(9.96, true), '0:10.0');
  assert.equal(x.span(20, 22), '0:20–0:22');
  assert.equal(x.span(16.5, 18), '0:16.5–0:18.0');
});

test('ticks', () => {
  assert.deepEqual(x.ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(x.timeTicks(20, 4), [0, 5, 10, 15, 20]);
  assert.deepEqual(x.timeTicks(0.9, 5), [0, 0.2, 0.4, 0.6, 0.8]);
  assert.ok(x.timeTicks(7 * 3600, 6).length <= 8);
  assert.deepEqual(x.powers(1, 500), [1, 10, 100]);
  assert.deepEqual(x.powers(1, 61), [1, 2, 5, 10, 20, 50]);
});

test('colors', () => {
  assert.deepEqual(x.cividis(0), [0, 34, 78]);
  assert.deepEqual(x.cividis(1), [254, 232, 56]);
  assert.deepEqual(x.cividis(NaN), [0, 34, 78]);
});

test('packed numbers', () => {
  const bytes = new Uint8Array(new Int16Array([500, -1250]).buffer);
  const packed = {type: 'i2', data: btoa(String.fromCharCode(...bytes)), scale: 1000};
  assert.deepEqual([...x.unpack(packed)], [0.5, -1.25]);
});

test('ranks', () => {
  const ranks = [0, 0, 1.5, 4, 9];
  assert.deepEqual(x.histogram(ranks, [1, 2, 4, 11]), [2, 1, 2]);
  assert.equal(x.recall(ranks, 1), 0.4);
  assert.equal(x.recall([], 1), 0);
  const [low, high] = x.wilson(0.5, 100);
  assert.ok(Math.abs(low - 0.4038) < 1e-3 && Math.abs(high - 0.5962) < 1e-3);
});

test('filter, order, table', () => {
  assert.ok(x.matches('Open the blue door', x.wordsOf('DOOR  blue')));
  assert.deepEqual([0.05, -0.1, 0, -1e-5].map(x.signed), ['+0.050', '−0.100', '+0.000', '0.000']);
  assert.deepEqual([-0.126, -0.001, 1].map(v => x.fixed(v, 2)), ['−0.13', '0.00', '1.00']);
  assert.deepEqual(x.sorted([3, 1, 2, 1], v => v), [1, 1, 2, 3]);
  assert.deepEqual(x.sorted(['b', 'a'], v => v, true), ['b', 'a']);
  assert.equal(x.csv(['a', 'b'], [['x,"y"', -1], ['=1+1', null]]), `a,b\r\n"x,""y""",-1\r\n'=1+1,\r\n`);
});

test('marked words', () => {
  assert.deepEqual(x.runs([['a', false], ['b', true], ['c', true], ['d', false]]), [['a', false], ['b c', true], ['d', false]]);
  assert.deepEqual(x.runs([]), []);
});

test('points', () => {
  assert.ok(x.inside([1, 1], [[0, 0], [3, 0], [0, 3]]) && !x.inside([2, 2], [[0, 0], [3, 0], [0, 3]]));
  const n = 5000,
    a = Float32Array.from({length: n}, (_, i) => (i * 0.618034) % 1),
    b = Float32Array.from({length: n}, (_, i) => (i * 0.754878) % 1),
    cells = new x.Cells(a, b);
  for (const i of [0, 17, 4999]) assert.equal(cells.nearest(a[i] + 1e-5, b[i] - 1e-5, 0.05), i);
  assert.equal(cells.nearest(3, 3, 0.01), -1);
});

test('alignments that a page holds', () => {
  assert.deepEqual(x.pathsOf([0, 1, 2, 2, 1], [3, 1, 2]), [[[0, 0], [1, 1], [2, 1], [2, 2]], [[0, 0]], [[0, 0], [0, 1], [1, 1]]]);
});

test('categories', () => {
  const values = ['b', 'a', 'b', 'c', 'd', 'b', 'a'];
  assert.deepEqual(x.categories(values, 2), {names: ['b', 'a', '2 others'], place: [0, 1, 0, 2, 2, 0, 1]});
  assert.deepEqual(x.categories(values, 3), {names: ['b', 'a', 'c', 'd'], place: [0, 1, 0, 2, 3, 0, 1]});
});

test('density, labels', () => {
  const at = Float32Array.from({length: 101}, (_, i) => (i < 100 ? 0.5 : 0.95)),
    found = x.density({x: at, y: at});
  assert.deepEqual([found[0], found[100]], [100, 1]);
  assert.deepEqual(x.folded('open the blue door', 10), ['open the', 'blue door']);
  assert.deepEqual(x.folded('open', 10), ['open']);
  assert.deepEqual(x.folded('a'.repeat(30), 10), ['a'.repeat(10), 'a'.repeat(9) + '…']);
});

test('states in an address', () => {
  const first = {words: '', k: 12, item: null};
  const link = x.toLink({words: 'a/b “c”', k: 12, item: ['v', 1]}, first);
  assert.deepEqual(x.fromLink(link), {words: 'a/b “c”', item: ['v', 1]});
  assert.equal(x.toLink(first, first), '');
  for (const bad of ['', '#', '#%', '#[1]', '#null', '#<script>']) assert.deepEqual(x.fromLink(bad), {});
});

test('owners and scales', () => {
  assert.deepEqual([...x.descend([5000, 1000, -2500, 500], 2)].map(v => v.toFixed(2)), ['0.50', '0.40', '-0.25', '-0.30']);
  assert.deepEqual([0, 1, 2, 3].map(i => x.ownerOf([0, 2, 3, 4], i)), [0, 0, 1, 2]);
  assert.deepEqual(x.ownScale([1, 3, 2]), [0, 1, 0.5]);
  assert.deepEqual(x.ownScale([2, 2]), [1, 1]);
});

test('a page from disk answers as the server does', async () => {
  const ints = v => ({type: 'i4', data: btoa(String.fromCharCode(...new Uint8Array(new Int32Array(v).buffer)))});
  const gallery = {keys: ['a', 'b'], first: [0, 1, 2], texts: ['x', 'y'], start: [0, 0], stop: [1, 1], files: [0, 0]};
  const way = {name: 'text to video', parts: false, table: 'par2vid', pair: 'par2vid', asks: 'text'};
  const queries = {par2vid: {n: 2, packed: {rank: ints([0, 1]), margin: ints([1, -1])}}};
  const data = {about: {directions: [way]}, gallery, queries, strength: {par2vid: [0.5, 0.9]}, pictures: [[[0.5, 'u'], [9, 'v']], []]};
  data.answers = {'text to video': {items: ints([0, 1, 0, 1]), steps: ints([9500, 8500, 6000, 500]), heat: ints([1, 2, 3, 4]), width: 2}};
  const link = x.stored(data);
  const r = await link.send({do: 'ask', direction: 'text to video', item: ['b', -1], k: 5});
  assert.deepEqual(r.answers.map(q => [q.n, q.right, q.strength]), [[0, false, 'likely'], [1, true, 'likely']]);
  assert.deepEqual(r.answers.map(q => q.heat), [[3], [4]]);
  assert.deepEqual([r.rank, r.margin, r.candidates], [1, -1, 2]);
  assert.ok((await link.send({do: 'ask', direction: 'text to video', words: 'x', k: 5})).error);
  assert.equal(link.picture(0, 8), 'v');
  assert.equal(link.picture(1, 8), null);
});

/* ---------------------------------------------------------------- lint: rules that need no package */

const folder = new URL('../coot_nb/views/static/', import.meta.url),
  script = readFileSync(new URL('explorer.js', folder), 'utf8'),
  style = readFileSync(new URL('explorer.css', folder), 'utf8');

/** The script without comments and with empty strings; what is in `${}` stays. */
function bare(source) {
  const regex = /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
  return source.replace(regex, m => (m[0] === '/' ? m.replace(/[^\n]/g, ' ') : '""')).replace(/`[^`]*`/g, m => (m.match(/\$\{[^}]*\}/g) || []).join(' '));
}

test('lint: the script', () => {
  const forbidden = {
    'var': /\bvar\b/, 'loose equality': /[^=!]==[^=]|!=[^=]/, 'console': /\bconsole\./, 'debugger': /\bdebugger\b/,
    'code from text': /\beval\(|\bnew Function\b|setTimeout\(['"`]/, 'markup from text': /innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
    'an assignment in a condition': /\bif \([^()=!<>]*[^=!<>]=[^=>][^()]*\)/, 'alert': /\b(alert|confirm|prompt)\(/,
  };
  const lines = bare(script).split('\n');
  for (const [name, rule] of Object.entries(forbidden)) {
    const at = lines.findIndex(line => rule.test(line));
    assert.equal(at, -1, `explorer.js:${at + 1}: ${name}`);
  }
  script.split('\n').forEach((line, i) => assert.ok(!/\s$/.test(line) && (line.length <= 130 || /['`].{60}/.test(line) || /^ {6,}.*title: '/.test(line)), `explorer.js:${i + 1}: blanks at the end, or too long`));
});

test('lint: names are used', () => {
  const code = script.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ''), count = name => code.split(new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`)).length - 1;
  const names = [...code.matchAll(/\b(?:const|let|function|class)\s+([A-Za-z_$][\w$]*)/g)].map(m => m[1]);
  for (const list of code.matchAll(/\b(?:const|let)\s+[[{]([^=]*?)[\]}]\s*=/g)) names.push(...list[1].split(',').map(x => x.split(':').pop().trim()).filter(x => /^[\w$]+$/.test(x)));
  const methods = [...code.matchAll(/^  (?:async |get )?([a-z]\w*)\([^)]*\) \{/gm)].map(m => m[1]).filter(x => x !== 'constructor');
  const alone = [...new Set([...names, ...methods])].filter(n => count(n) < 2 && !new RegExp(`export [^\\n]*\\b${n}\\b`).test(code) && n !== 'render');
  assert.deepEqual(alone, []);
});

test('lint: the style', () => {
  const rules = style.replace(/\/\*[^]*?\*\//g, '');
  const used = new Set([...rules.matchAll(/\.([a-z][\w-]*)/g)].map(m => m[1]));
  const outside = ['coot-page', 'vscode-dark'];
  const dead = [...used].filter(c => !outside.includes(c) && !script.includes(c));
  assert.deepEqual(dead, [], 'classes that the script does not set');
  const defined = new Set([...rules.matchAll(/(--[\w-]+)\s*:/g)].map(m => m[1]));
  const wanted = new Set([...rules.matchAll(/var\((--[\w-]+)/g)].map(m => m[1]));
  assert.deepEqual([...wanted].filter(v => !defined.has(v)), [], 'variables without a value');
  assert.deepEqual([...defined].filter(v => !wanted.has(v) && !script.includes(v.slice(2))), [], 'variables that nothing reads');
  const selectors = [...rules.matchAll(/(?:^|\})\s*([^{}@]+)\{/g)].flatMap(m => m[1].split(',')).map(x => x.trim());
  assert.deepEqual(selectors.filter(x => !/coot-explorer|coot-page/.test(x) && !/^[\d%]|^(from|to)$/.test(x)), [], 'rules that reach outside');
  assert.doesNotMatch(rules, /url\(|@import|!important/);
});
