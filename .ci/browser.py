"""The explorer in a real browser, in its three homes: served by `coot explore`, in JupyterLab, as a page from
disk; with a run, an index of videos, an embeddings file.

`--quick` does the same in one process, with 24 made videos and without JupyterLab: the widget gets its
messages through a bridge instead of a kernel. CI runs it; the other takes minutes and makes pictures.

Needs Chromium (CHROMIUM names another place) and the extra `browser`. Pictures in `_shots/` (SHOTS names
another place); names of homes on the command line choose some. Closes with 'N passed, N failed'. Every wait
has an end: a check that hangs prints where, and fails.
"""
import base64, faulthandler, json, os, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time
import traceback
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

root, bin = Path(__file__).resolve().parents[1], Path(sys.executable).parent
shots = Path(os.environ.get('SHOTS', root/'_shots'))
FLAGS = [f'--{flag}' for flag in ('no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-sync',
                                  'disable-background-networking', 'disable-component-update',
                                  'disable-dev-shm-usage')]
QUERY = 'open the blue door'
expect.set_options(timeout=60_000)
started = []  # programs, to end with this one

def chromium():
    "The browser's program, None where there is none."
    return os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('google-chrome')

def command(*args):
    silent = subprocess.DEVNULL
    subprocess.run([str(a) for a in args], check=True, stdin=silent, stdout=silent, cwd=root, timeout=900)

def start(cmd, **how):
    "A program that ends with this one."
    started.append(subprocess.Popen(list(map(str, cmd)), stdin=subprocess.DEVNULL, **how))
    return started[-1]

def end(proc):
    proc.kill()
    proc.wait(20)

def until(look, sec, what):
    "What `look` finds within some seconds."
    stop = time.time() + sec
    while not (found := look()):
        if time.time() > stop: raise TimeoutError(f'no {what} after {sec} s')
        time.sleep(.05)
    return found

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]

@contextmanager
def exploring(*args):
    "`coot explore`: gives the address that it prints; it must end cleanly at Ctrl-C."
    cmd = [bin/'coot', 'explore', *args, '--port', '0', '--no_browser']
    with tempfile.TemporaryFile('w+') as log:  # a pipe that is not read would fill
        proc = start(cmd, stdout=log, stderr=subprocess.STDOUT)
        def printed():
            log.seek(0)
            return log.read()
        def address():
            assert proc.poll() is None, f'ended with {proc.returncode}: {printed()[-800:]}'
            return re.search(r'http://127\.0\.0\.1:\d+/\S+', printed())
        try: yield until(address, 120, 'address of coot explore')[0]
        finally:
            proc.send_signal(signal.SIGINT)
            try: proc.wait(40)
            except subprocess.TimeoutExpired: end(proc)
        found = printed()
    assert proc.returncode == 0 and 'Traceback' not in found, f'ended with {proc.returncode}: {found[-800:]}'

@contextmanager
def page_at(url, width=1600, height=1000, before=None, **kwargs):
    "A page whose requests must all stay on this machine, and whose scripts must not fail."
    outside, errors = [], []
    here = 'http://127.0.0.1:', 'ws://127.0.0.1:', 'file:', 'data:', 'blob:'
    def guard(route):
        ours = route.request.url.startswith(here)
        if not ours: outside.append(route.request.url)
        route.continue_() if ours else route.abort()
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport=dict(width=width, height=height), accept_downloads=True, **kwargs)
        page.set_default_timeout(60_000)
        page.route('**/*', guard)
        page.on('pageerror', lambda e: errors.append(str(e)))
        page.on('console', lambda m: 'Security Policy' in m.text and errors.append(m.text))
        if before: before(page)
        page.goto(url, wait_until='domcontentloaded')
        yield page
        browser.close()
    assert not outside, f'requests that left the machine: {outside[:3]}'
    assert not errors, f'errors on the page: {errors[:3]}'

def tab(page, name):
    page.locator('.coot-explorer [role=tab]', has_text=name).click()
    expect(page.locator('.panel')).not_to_contain_text('Computing')

def show(page, name, width, **kwargs):
    "A picture; nothing may be wider than the window."
    wide = page.evaluate('document.documentElement.scrollWidth')
    assert wide <= width, f'{name}: at {width} pixels the page is {wide} wide'
    page.wait_for_timeout(700)
    page.screenshot(path=shots/f'{name}_{width}.png', **kwargs)

def lasso(page):
    "Draws around the middle of the map."
    cloud = page.locator('canvas.over')
    cloud.scroll_into_view_if_needed()
    at = cloud.bounding_box()
    page.locator('button', has_text='Lasso').click()
    corners = (.2, .1), (.45, .1), (.45, .95), (.2, .95)
    for i, (x, y) in enumerate(corners):
        page.mouse.move(at['x'] + x*at['width'], at['y'] + y*at['height'], steps=4)
        if not i: page.mouse.down()
    page.mouse.up()

def rows_note(page):
    chosen, of = re.match(r'(\d+) of (\d+) queries', page.locator('.panel .note').inner_text()).groups()
    return int(chosen), int(of)

def download(page, what):
    "What a line of the export menu gives."
    page.locator('summary', has_text='Export').click()
    with page.expect_download() as saved: page.locator('.menu .items button', has_text=what).click()
    return Path(saved.value.path()).read_bytes()

CUT = 'all => all.map(e => e.scrollWidth > e.clientWidth)'
CONTROLS = 'button link checkbox combobox searchbox textbox tab option slider application'.split()

def accessible(page, worst):
    "Texts have a contrast of at least 4.5 (WCAG 2.2, AA), and controls a name, as the browser computes it."
    page.evaluate("""Promise.race([new Promise(done => setTimeout(done, 5000)),  // a theme fades in
        Promise.allSettled(document.getAnimations().map(a => a.finished))])""")
    found = page.evaluate((root/'.ci'/'contrast.js').read_text())
    weak = [line for line in found if line[0] < line[1]]
    assert len(found) > 40 and not weak, f'{len(weak)} of {len(found)} texts have little contrast: {weak[:4]}'
    worst.append(min(line[0] for line in found))
    tree = page.context.new_cdp_session(page).send('Accessibility.getFullAXTree')['nodes']
    role = lambda node: node.get('role', {}).get('value')
    known = [node for node in tree if not node.get('ignored') and role(node) in CONTROLS]
    bare = [node for node in known if not node.get('name', {}).get('value', '').strip()]
    assert len(known) > 20 and not bare, f'{len(bare)} of {len(known)} controls have no name: {bare[:2]}'

def drawn_path(page):
    "The alignment as it is drawn: sentence and clip of each step."
    page.get_by_label('alignment').check()
    line = page.locator('.panel svg path.path').get_attribute('d')
    points = [tuple(map(float, p.split(','))) for p in re.findall(r'[ML]([^ML]+)', line)]
    xs = sorted({x for x, _ in points})
    page.get_by_label('alignment').uncheck()
    return [(round((y - points[0][1])/32), xs.index(x)) for x, y in points]

def colors(page):
    "Each column colors the map, with a legend; a point shows its nearest neighbors."
    choice = page.get_by_label('color by')
    names = choice.locator('option').evaluate_all('all => all.map(o => o.value)')
    assert {'rank', 'seconds', 'density'} <= {*names}, names
    legends = set()
    for column in names:
        choice.select_option(column)
        legends.add(page.locator('.legend').first.inner_text())
    assert len(legends) == len(names) and all(legends), legends
    page.locator('canvas.over').focus()
    page.keyboard.press('ArrowRight')
    expect(page.locator('.hover')).to_contain_text('nearest')
    assert page.locator('.hover li').count() == 5
    return names

def scenario(page, name, text=True, films=True, path=None):
    "What a user does, in every home: asks, plays, turns, selects on the map, filters, exports."
    expect(page.locator('.card').first).to_be_visible(timeout=120_000)
    status, words = page.locator('.query'), page.get_by_role('combobox', name='query')
    page.locator('.card').first.press('/')
    expect(words).to_be_focused()
    words.fill(QUERY)
    page.keyboard.press('Escape')
    page.locator('button.primary').click()
    if text:
        expect(status).to_contain_text(f'“{QUERY}”')
        expect(page.locator('.panel svg')).to_contain_text('your query, on its own scale')
    else: expect(status).to_contain_text('choose an item of the set')

    page.get_by_label('direction').select_option('text to clip')
    words.fill('door')
    page.locator('.suggest [role=option]').first.click()
    expect(status).to_contain_text('The true match is at rank')
    expect(page.locator('.card')).to_have_count(12)
    third = page.locator('.card').nth(2)
    expect(third.locator('.picture.there')).to_be_visible()
    page.locator('.card').first.focus()
    page.keyboard.press('ArrowRight')
    page.keyboard.press('ArrowRight')
    expect(third).to_have_class(re.compile('chosen'))
    expect(page.locator('.player .title b')).to_have_text(third.get_attribute('data-key'))
    if films:
        page.wait_for_function('() => document.querySelector(".player video")?.currentTime > .2')
        third.hover()
        expect(third.locator('video')).to_be_attached()
    else: expect(page.locator('.player .flip img').first).to_be_attached()
    expect(page.locator('.panel svg .cell').first).to_be_visible()
    found, key = drawn_path(page), page.locator('.player .title b').inner_text()
    assert len(found) > 1 and (path is None or found == path(key)), found

    page.get_by_label('direction').select_option('clip to text')
    expect(status).to_contain_text('The true match is at rank')
    tab(page, 'Map')
    colors(page)
    lasso(page)
    expect(page.locator('.panel [role=status]')).to_contain_text('chosen')
    tab(page, 'Ranks')
    chosen, of = rows_note(page)
    assert 0 < chosen < of, f'the lasso chose {chosen} of {of} queries'
    page.locator('.bar.press').first.focus()
    page.keyboard.press('Enter')
    expect(page.locator('.panel .note')).not_to_contain_text(f'{chosen} of {of} queries')
    page.locator('button', has_text='All queries').click()
    page.get_by_label('filter the queries').fill('door')
    assert 0 < rows_note(page)[0] < of
    page.locator('.panel th button', has_text='margin').click()
    page.locator('.panel tbody tr').first.click()
    expect(status).to_contain_text('The true match is at rank')
    assert b'rank,query,text,margin' in download(page, 'Table of this panel')[:40]
    drawn, title = download(page, 'as SVG'), page.locator('h1').inner_text()
    assert b'<svg' in drawn[:100] and f'>{title}'.encode() in drawn
    assert download(page, 'as PNG')[:4] == b'\x89PNG'
    page.get_by_label('filter the queries').fill('')
    tab(page, 'Confusions')
    expect(page.get_by_role('heading', name='Nearly the same')).to_be_visible()
    tab(page, 'Compare')
    expect(page.locator('.panel')).to_contain_text('shared queries')
    tab(page, 'Captions')
    expect(page.locator('.panel table')).to_contain_text('MART')

def layouts(page):
    "Cards side by side, large ones, and a list, which is one below the other and no wider than its room."
    boxes = lambda: [c.bounding_box() for c in page.locator('.card').all()]
    widths, columns = {}, {}
    for name in 'grid', 'large', 'list':
        page.locator(f'button[value={name}]').click()
        expect(page.locator(f'button[value={name}]')).to_have_attribute('aria-pressed', 'true')
        found, room = boxes(), page.locator('.cards').bounding_box()
        widths[name], columns[name] = found[0]['width'], len({round(b['x']) for b in found})
        assert all(b['x'] + b['width'] <= room['x'] + room['width'] + 1 for b in found), f'{name}: too wide'
    assert columns['grid'] > columns['large'] > columns['list'] == 1, columns
    assert widths['grid'] < widths['large'], widths
    page.locator('button[value=grid]').click()

def ask_on(page):
    "The buttons of a card: its clip asks, then its video; it is no answer to itself."
    status, direction = page.locator('.query'), page.get_by_label('direction')
    for button, name in ('Search with this clip', 'clip to clip'), ('More like this', 'video to video'):
        direction.select_option('text to clip')
        expect(status).to_contain_text('true match')
        second = page.locator('.card').nth(1)
        asked = second.get_attribute('data-key')
        second.hover()
        second.get_by_role('button', name=button).click()
        expect(direction).to_have_value(name)
        expect(status).to_contain_text(asked)
        expect(status).not_to_contain_text('true match')
        found = page.locator('.card').evaluate_all('all => all.map(c => c.dataset.key)')
        assert len(found) == 12 and (name == 'clip to clip' or asked not in found), found

def two_models(page):
    "Captions of two models beside the annotated sentences, each with its name, its mean and a score a line."
    tab(page, 'Captions')
    heads = page.locator('.panel th').all_inner_texts()
    assert [h.strip(' ▲▼↑↓\n') for h in heads] == ['time', 'annotated', 'MART', 'short'], heads
    expect(page.locator('.panel .bar')).to_contain_text('MART 1.00, short 0.')
    rows = page.locator('.panel tbody tr')
    last = rows.last.locator('td').all_inner_texts()
    assert rows.count() == 3 and '1.00' in last[2] and not last[3].strip(), f'missing line: {last}'

def nonsense(page):
    "What cannot be asked is answered, and the answers stay as they are."
    page.get_by_label('direction').select_option('text to clip')
    expect(page.locator('.query')).to_contain_text('true match')
    for asked, answer in ('🜁🜂 ' + 'x'*3000, 'at most 2,000'), (' / / ', 'empty'), ('', 'Type a sentence'):
        page.get_by_role('combobox', name='query').fill(asked)
        page.keyboard.press('Escape')
        page.locator('button.primary').click()
        expect(page.locator('.query')).to_contain_text(answer)
    expect(page.locator('.card')).to_have_count(12)

def made(folder):
    "24 made videos of three clips with files and captions, a weaker second run, an encoder of bags of words."
    import numpy as np, torch
    from coot_nb.data.annotations import Meta, Segment, Video
    from coot_nb.data.video import write_video
    from coot_nb.retrieval.embeddings import Embeddings
    from coot_nb.search.query import Query
    from coot_nb.views.analysis import Gallery
    unit = lambda x: (x/np.linalg.norm(x, axis=-1, keepdims=True)).astype(np.float32)
    colors = dict(red=(200, 60, 50), green=(60, 160, 80), blue=(50, 90, 200), yellow=(220, 190, 60))
    things, steps = ('door', 'box', 'ball'), ('go to', 'pick up', 'open')
    seen, words = {}, np.random.default_rng(1)
    def bag(line): return unit(sum(seen.setdefault(w, words.normal(size=24)) for w in line.lower().split()))
    meta, pixels = [], np.mgrid[:72, :128]
    for i in range(24):
        key, lines = f'room_{i:02}', []
        for j, step in enumerate(steps):
            color, thing = list(colors)[(i + j) % 4], things[(i//4 + j) % 3]
            lines.append(Segment(f'{step} the {color} {thing}', 2.*j, 2.*j + 2))
        def frame(n):
            ink = colors[lines[n//8].text.split()[-2]]
            disc = (pixels[0] - 36)**2 + (pixels[1] - 20 - 3.5*n)**2 < 300
            return np.where(disc[..., None], ink, (236, 236, 230)).astype(np.uint8)
        write_video(folder/'films'/f'{key}.mp4', (frame(n) for n in range(24)), 4.)
        meta.append(Video(key, key, 6., 'test', lines))
    meta, texts = Meta(meta, 'made'), [s.text for v in meta for s in v.segments]
    sent = np.stack([bag(line) for line in texts])
    def gallery(noise, name, videos):
        clip = unit(sent + noise*np.random.default_rng(0).normal(size=sent.shape))
        whole = lambda x: unit(x.reshape(24, 3, -1).mean(1))
        arrays = dict(clip_emb=clip, sent_emb=sent, vid_emb=whole(clip), par_emb=whole(sent))
        arrays |= dict(vid_context=arrays['vid_emb'], par_context=arrays['par_emb'])
        arrays |= {f'{k}_before_norm': x for k, x in arrays.items()}
        emb = Embeddings(list(meta), np.full(24, 3), np.full(24, 3), **arrays)
        return Gallery(emb, meta, videos, name=name)
    def encode(*lines):
        parts = torch.tensor(np.stack([bag(line) for line in lines]))
        return Query(parts=parts, whole=torch.nn.functional.normalize(parts.mean(0), dim=0), texts=lines)
    one, other = gallery(.15, 'made', folder/'films'), gallery(.3, 'weaker', None)
    one.columns['camera'] = {key: 'hand' if i % 3 else 'head' for i, key in enumerate(meta)}
    one.captions['MART'] = {k: [f'{s.text} .' for s in v.segments] for k, v in meta.items()}
    def cut(v): return [f'{s.text[:12]} thing .' for s in v.segments[:2]]
    one.captions['short'] = {k: cut(v) for k, v in meta.items()}
    return one, other, encode

def alignment(gallery):
    "The alignment of a video as Python has it."
    import torch
    from coot_nb.retrieval.scores import best_path
    def path(key):
        sim = gallery.emb.sentences(key) @ gallery.emb.clips(key).T
        return [(i, j) for j, i in best_path(torch.tensor(sim.T))]
    return path

@contextmanager
def serving(ex):
    "The server of `coot explore` in a thread: gives its address."
    from coot_nb.views.homes import serve
    said = []
    threading.Thread(target=serve, args=(lambda: ex, 0), kwargs=dict(say=said.append), daemon=True).start()
    until(lambda: said, 60, 'address of the server')
    yield said[0].split()[0]

def quick_served(one, other, encode):
    from coot_nb.views.explorer import Explorer
    worst = []
    with serving(Explorer(one, encode, other, dict(split='test'))) as url:
        with page_at(url) as page:
            scenario(page, 'served', path=alignment(one))
            assert download(page, 'This clip')[4:8] == b'ftyp'
            nonsense(page)
            layouts(page)
            ask_on(page)
            page.get_by_label('direction').select_option('text to clip')
            expect(page.locator('.query')).to_contain_text('true match')
            two_models(page)
            before, key = page.url, page.locator('.player .title b').inner_text()
        with page_at(before, 1000, color_scheme='dark') as page:  # the address is a link to the same view
            expect(page.locator('.player .title b')).to_have_text(key)
            for theme in 'dark', 'light':
                page.emulate_media(color_scheme=theme)
                for name in page.locator('[role=tab]').all_inner_texts():
                    tab(page, name)
                    accessible(page, worst)
                    wide = page.evaluate('document.documentElement.scrollWidth')
                    assert wide <= 1000, f'{name}: at 1000 pixels the page is {wide} wide'
                    cut = page.locator('.panel .scroll').evaluate_all(CUT)
                    assert not any(cut), f'{name}: at 1000 pixels a table is cut'
    print(f'      least contrast of a text, all panels, both themes: {min(worst):.2f}')

def quick_disk(one, other, encode):
    from coot_nb.views.explorer import Explorer
    from coot_nb.views.homes import write_page
    with tempfile.TemporaryDirectory() as tmp:
        path = write_page(Explorer(one, encode, other, dict(split='test')), Path(tmp)/'page.html')
        with page_at(path.as_uri()) as page:
            scenario(page, 'page', text=False, films=False, path=alignment(one))

def quick_notebook(one, other, encode):
    "The widget, with a bridge in the place of Jupyter's: the same messages, the same state."
    from coot_nb.views.homes import front_end
    from coot_nb.views.widget import RetrievalExplorer
    ex = RetrievalExplorer(one, encode, other, dict(split='test'))
    sent = []
    ex.send = lambda content, buffers=None: sent.append((content, buffers or []))
    def message(content):
        ex._handle_custom_msg(content, [])
        found = [dict(content=c, buffers=[base64.b64encode(b).decode() for b in bs]) for c, bs in sent]
        sent.clear()
        return found
    def bridge(page):
        page.expose_function('toPython', message)
        page.expose_function('setState', lambda state: ex.set_trait('state', state))
    script, style = (x.encode() for x in front_end())
    state = json.dumps(ex.state).encode()
    body = b"""<!doctype html><meta charset=utf-8><style>%s</style><body><div id=cell></div>
<script type=module>import widget from './explorer.js';
const hear = {}, state = %s;
const model = {get: k => state, on: (name, act) => (hear[name] = act), set: (k, v) => Object.assign(state, v),
  save_changes: () => setState(state), send: async m => {for (const r of await toPython(m))
    hear['msg:custom'](r.content, r.buffers.map(b =>
      new DataView(Uint8Array.from(atob(b), c => c.charCodeAt(0)).buffer)));}};
window.fromPython = s => (Object.assign(state, s), hear['change:state']());
widget.render({model, el: document.getElementById('cell')});</script>""" % (style, state)
    def files(route):
        name = route.request.url.rpartition('/')[2]
        if name: route.fulfill(content_type='text/javascript', body=script)
        else: route.fulfill(content_type='text/html', body=body)
    def before(page):
        bridge(page)
        page.route('http://127.0.0.1:1/*', files)
    with page_at('http://127.0.0.1:1/', before=before) as page:
        scenario(page, 'notebook', path=alignment(one))
        nonsense(page)
        tab(page, 'Map')
        lasso(page)
        expect(page.locator('.panel [role=status]')).to_contain_text('chosen')
        chosen = int(page.locator('.panel [role=status]').inner_text().split()[0])
        assert len(ex.selection) == chosen, 'what was chosen on the map is what Python gets'
        ex.restore(dict(panel='Time', video='room_05', clip=1))  # Python moves the page
        page.evaluate('s => fromPython(s)', ex.state)
        expect(page.locator('.player .title b')).to_have_text('room_05')

def unplayable(path):
    "A video file that no browser plays: AVI."
    import av, numpy as np
    with av.open(path, 'w') as out:
        stream = out.add_stream('mpeg4', rate=4)
        stream.width, stream.height, stream.pix_fmt = 128, 72, 'yuv420p'
        for i in range(24):
            frame = av.VideoFrame.from_ndarray(np.full((72, 128, 3), 250 - 8*i, np.uint8), format='rgb24')
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))

def quick_bare(one, other, encode):
    "Without a text encoder and video files; with a file that no browser plays; an index without texts."
    from dataclasses import replace
    from coot_nb.views.explorer import Explorer
    with serving(Explorer(replace(one, videos=None, captions={}))) as url, page_at(url, 1000) as page:
        expect(page.locator('.card').first).to_be_visible()
        expect(page.locator('.player .warn')).to_contain_text('--videos')
        assert page.locator('[role=tab]').all_inner_texts() == ['Time', 'Map', 'Ranks', 'Confusions']
        assert page.locator('.card .frame').first.bounding_box()['height'] < 50, 'empty pictures take room'
        page.get_by_role('combobox', name='query').fill('nothing like it')
        page.keyboard.press('Escape')
        page.locator('button.primary').click()
        expect(page.locator('.query')).to_contain_text('no text encoder')
    with tempfile.TemporaryDirectory() as tmp:
        unplayable(f'{tmp}/{one.emb.keys[0]}.avi')
        old = Explorer(replace(one, videos=Path(tmp), captions={}))
        with serving(old) as url, page_at(f'{url}#%7B%22video%22:%22{one.emb.keys[0]}%22%7D', 1000) as page:
            expect(page.locator('.player .warn')).to_contain_text('cannot play')
            expect(page.locator('.player .flip img.seen')).to_be_visible()
    alike = Explorer(replace(one, paired=False, captions={}), encode)
    with serving(alike) as url, page_at(url, 1000) as page:
        expect(page.locator('.card').first).to_be_visible()
        page.get_by_label('direction').select_option('clip to clip')
        expect(page.locator('.query')).not_to_contain_text('true match')
        tab(page, 'Map')
        tab(page, 'Confusions')
        expect(page.get_by_role('heading', name='Nearly the same')).to_be_visible()

FRAMES = """n => Promise.race([frames_of(n, 130), new Promise(
  (_, fail) => setTimeout(() => fail(Error('not 130 frames after 60 s')), 60000))])"""
PLOT = """<!doctype html><meta charset=utf-8><link rel=stylesheet href=explorer.css><body class=coot-page>
<div class=coot-explorer><div id=host style="width:840px;height:480px"></div></div>
<script type=module>import {Points} from './explorer.js';
const theme = {fg: '#000000', soft: '#555555', line: '#dddddd', bg: '#ffffff', panel: '#f7f8fa',
  accent: '#1a66b8', warm: '#b8460b', dark: false, font: '12px sans-serif'};
let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647,
  blob = n => Float32Array.from({length: n}, () => (random() + random() + random()) / 3);
window.frames_of = async (n, count) => {
  const p = new Points(document.getElementById('host'), 'map', {describe: () => '', open() {}, select() {}});
  p.set({x: blob(n), y: blob(n), color: Uint8Array.from({length: 3 * n}, (_, i) => (7 * i) % 255),
    kind: Uint8Array.from({length: n}, (_, i) => i & 1)}, theme);
  window.points = p;
  const between = [], paint = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < count; i++) {
    p.view.x += 0.002;
    p.zoom(1.002, 400, 200);
    const now = await new Promise(requestAnimationFrame);
    between.push(now - last);
    paint.push(p.took);
    last = now;
  }
  const median = a => a.slice(10).sort((x, y) => x - y)[(count - 10) >> 1];
  return [median(between), median(paint)];
};
window.ready = 1;</script>"""

def moves(page):
    "The wheel keeps what is under the pointer, a drag takes it along, a double click shows all again."
    corner = page.locator('canvas.over').bounding_box()
    def place(i): return page.evaluate('i => points.place(i)', i)
    def near(one, other): return max(abs(a - b) for a, b in zip(one, other)) < 1
    page.evaluate('() => points.reset()')
    at = {i: place(i) for i in (3, 7)}
    page.mouse.move(corner['x'] + at[3][0], corner['y'] + at[3][1])
    page.mouse.wheel(0, -600)
    page.wait_for_function('points.view.k > 2')
    k = page.evaluate('points.view.k')
    assert near(place(3), at[3]), 'the point under the pointer has moved'
    far = [a + k*(b - a) for a, b in zip(at[3], at[7])]
    assert near(place(7), far), f'{place(7)}, expected {far}'
    page.mouse.move(corner['x'] + 200, corner['y'] + 200)
    page.mouse.down()
    page.mouse.move(corner['x'] + 320, corner['y'] + 150, steps=5)
    page.mouse.up()
    assert near(place(3), [at[3][0] + 120, at[3][1] - 50]), 'a drag takes the points along'
    page.mouse.dblclick(corner['x'] + 5, corner['y'] + 5)
    assert near(place(7), at[7]), 'a double click shows all again'

def map_frames(*_):
    "A map of 100,000 points is moved and zoomed: how long a frame takes, and the painting in it."
    script, style = ((root/'coot_nb'/'views'/'static'/f'explorer.{end}').read_text() for end in ('js', 'css'))
    parts = dict(js=('text/javascript', script), css=('text/css', style))
    def files(route):
        kind, body = parts.get(route.request.url.rpartition('.')[2], ('text/html', PLOT))
        route.fulfill(content_type=kind, body=body)
    def before(page): page.route('http://127.0.0.1:1/*', files)
    with page_at('http://127.0.0.1:1/', before=before) as page:
        page.wait_for_function('window.ready')
        page.evaluate('n => frames_of(n, 20)', 100)
        moves(page)
        took = []
        for n in 1000, 10_000, 100_000:
            frame, paint = page.evaluate(FRAMES, n)
            took.append(paint)
            print(f'      {n:,} points: median frame {frame:.1f} ms, painting {paint:.1f} ms', flush=True)
    assert took[2] < 40*took[0], f'painting 100,000 points takes {took[2]/took[0]:.0f} times as long as 1,000'

def served(run, data):
    said = captions_of(run, data)
    where = '--split', 'test', '--data_path', data, '--other', run, '--captions', f'MART={said}'
    start = time.time()
    with exploring(run, *where) as url:
        with page_at(url) as page:
            print(f'      first paint after {time.time() - start:.1f}s', flush=True)
            scenario(page, 'served')
            assert download(page, 'This clip')[4:8] == b'ftyp'
            assert b'coot-data' in download(page, 'as one page')
            before, key = page.url, page.locator('.player .title b').inner_text()
            assert 'Captions' in before, f'the address does not hold the state: {before}'
        with page_at(before) as page:  # the address is a link to the same view
            expect(page.locator('.player .title b')).to_have_text(key, timeout=120_000)
            expect(page.locator('[role=tab][aria-selected=true]')).to_have_text('Captions')
        for width, theme in ((1600, 'light'), (1000, 'dark')): panels(url, 'served', width, theme)

def panels(url, name, width, theme):
    "A picture of each panel."
    with page_at(url, width, color_scheme=theme) as page:
        expect(page.locator('.card').first).to_be_visible(timeout=120_000)
        page.get_by_label('direction').select_option('text to clip')
        for box in page.locator('[role=tab]').all():
            panel = box.inner_text()
            tab(page, panel)
            show(page, f'{name}_{theme}_{panel.lower()}', width)

def lab(run, data):
    port = free_port()
    with tempfile.TemporaryDirectory() as tmp:
        what = f'folder={str(run)!r}, data_path={str(data)!r}, split="test", other={str(run)!r}'
        what += f', captions=dict(MART={str(captions_of(run, data))!r})'
        lines = 'from coot_nb import RetrievalExplorer', f'ex = RetrievalExplorer.from_run({what})', 'ex'
        empty = dict(cell_type='code', metadata={}, outputs=[], execution_count=None)
        count = 'print("chosen:", len(ex.selection), "of", len(ex.table()))'
        cells = [empty | dict(id='a', source='\n'.join(lines)), empty | dict(id='b', source=count)]
        kernel = dict(kernelspec=dict(name='python3', display_name='python3', language='python'))
        nb = dict(cells=cells, metadata=kernel, nbformat=4, nbformat_minor=5)
        Path(tmp, 'explorer.ipynb').write_text(json.dumps(nb))
        options = ['--allow-root', '--no-browser', '--ip=127.0.0.1', f'--port={port}',
            '--IdentityProvider.token=', '--ServerApp.password=', '--ServerApp.disable_check_xsrf=True',
            f'--ServerApp.root_dir={tmp}']
        silent = subprocess.DEVNULL
        server = start([bin/'jupyter', 'lab', *options], stdout=silent, stderr=silent,
            env=os.environ | dict(JUPYTER_CONFIG_DIR=tmp))
        def listens():
            with socket.socket() as s: return s.connect_ex(('127.0.0.1', port)) == 0
        try:
            until(listens, 120, 'JupyterLab')
            with page_at(f'http://127.0.0.1:{port}/lab/tree/explorer.ipynb?reset') as page:
                page.wait_for_selector('.jp-Notebook .jp-Cell', timeout=120_000)
                page.wait_for_timeout(1500)  # the menus are there before they work
                run_all(page)
                scenario(page, 'lab')
                tab(page, 'Map')
                lasso(page)
                expect(page.locator('.panel [role=status]')).to_contain_text('chosen')
                chosen = page.locator('.panel [role=status]').inner_text().split()[0]
                page.screenshot(path=shots/'lab.png')
                page.locator('.jp-CodeCell').nth(1).locator('.cm-content').click()
                page.keyboard.press('Shift+Enter')  # selections come back to Python
                expect(page.locator('.jp-OutputArea', has_text=f'chosen: {chosen} of')).to_be_visible()
        finally:
            server.send_signal(15)
            try: server.wait(20)
            except subprocess.TimeoutExpired: end(server)

def run_all(page):
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=120_000)
    page.get_by_role('menuitem', name='Run', exact=True).click()
    page.get_by_role('menuitem', name='Run All Cells', exact=True).click()

def disk(run, data):
    path = shots/'page.html'
    said = captions_of(run, data)
    where = '--split', 'test', '--data_path', data, '--other', run, '--captions', f'MART={said}'
    command(bin/'coot', 'explore', run, *where, '--html', path)
    with page_at(path.as_uri()) as page: scenario(page, 'page', text=False, films=False)
    panels(path.as_uri(), 'page', 1000, 'light')

def index(run, data):
    "An index of the same videos without their texts, one of them gone; an embeddings file alone."
    folder, films = run.parent/'index', data/'demo'/'films'
    films.mkdir()
    for f in sorted((data/'demo'/'videos').iterdir())[:8]: shutil.copy(f, films)
    where = '--index', folder, '--run', run, '--data_path', data, '-q'
    command(bin/'coot', 'index', films, *where)
    sorted(films.iterdir())[0].unlink()
    with exploring(folder) as url, page_at(url, 1000, color_scheme='dark') as page:
        expect(page.locator('.card').first).to_be_visible(timeout=120_000)
        page.get_by_role('combobox', name='query').fill('🜁🜂 ' + 'x'*3000)
        page.locator('button.primary').click()
        expect(page.locator('.query')).to_contain_text('at most 2,000')
        page.get_by_role('combobox', name='query').fill(QUERY)
        page.locator('button.primary').click()
        expect(page.locator('.query')).to_contain_text(f'“{QUERY}”')
        page.get_by_label('direction').select_option('clip to clip')
        expect(page.locator('.query')).not_to_contain_text('true match')
        tab(page, 'Confusions')
        expect(page.get_by_role('heading', name='Nearly the same')).to_be_visible()
        show(page, 'index_dark', 1000)
        tab(page, 'Map')
        show(page, 'index_dark_map', 1000)
    file = next((run/'embeddings').glob('*.h5'))
    with exploring(file) as url, page_at(url) as page:
        expect(page.locator('.card').first).to_be_visible(timeout=120_000)
        expect(page.locator('.player .warn')).to_contain_text('--videos')

def captions_of(run, data):
    "A file of captions of the test split: its own sentences, the first one everywhere."
    meta, path = json.loads((data/'demo'/'meta_all.json').read_text()), run.parent/'captions.json'
    lines = lambda v: [dict(sentence=v['segments'][0]['text'], timestamp=[s['start_sec'], s['stop_sec']])
        for s in v['segments']]
    found = {k: lines(v) for k, v in meta.items() if v['split'] == 'test'}
    path.write_text(json.dumps(dict(results=found)))
    return path

def give_up(name, sec):
    "Ends this program, and with it Playwright's, which ends Chromium; says where it was."
    print(f'FAIL  {name}: no end after {sec} s, here:', flush=True)
    faulthandler.dump_traceback(sys.stdout)
    for proc in started: proc.kill()
    os._exit(1)

def checks(chosen, all_of, limit, *args):
    "Runs those that were chosen, or all, each for at most `limit` seconds; prints a line for each."
    for check in all_of:
        if chosen and check.__name__ not in chosen: continue
        watch = threading.Timer(limit, give_up, (check.__name__, limit))
        watch.daemon = True
        watch.start()
        begin, ok = time.time(), True
        try: check(*args)
        except Exception:
            traceback.print_exc()
            ok = False
        watch.cancel()
        results.append(ok)
        print(f'{"ok  " if ok else "FAIL"}  {check.__name__}  {time.time() - begin:.1f}s', flush=True)

if __name__ == '__main__':
    if not chromium(): sys.exit('no Chromium here: skipped')
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    results, chosen = [], [a for a in sys.argv[1:] if a != '--quick']
    with tempfile.TemporaryDirectory() as tmp:
        os.environ['XDG_CACHE_HOME'] = f'{tmp}/cache'
        if '--quick' in sys.argv:
            sys.path.insert(0, str(root))
            quick = quick_served, quick_disk, quick_notebook, quick_bare, map_frames
            checks(chosen, quick, 240, *made(Path(tmp)))
        else:
            shots.mkdir(exist_ok=True)
            data, logs = Path(tmp)/'data', Path(tmp)/'experiments'
            small = bin/'coot', 'demo', '-q', '--size', '0.1', '-o', 'train.num_epochs=2'
            command(*small, '--data_path', data, '--log_dir', logs)
            checks(chosen, (served, disk, index, lab), 900, logs/'retrieval'/'demo'/'demo_run1', data)
    print(f'{sum(results)} passed, {len(results) - sum(results)} failed')
    sys.exit(not all(results))
