"""The explorer in a real browser, in its three homes: served by `coot explore`, in JupyterLab, as a page from
disk; with a run, an index of videos, an embeddings file.

Needs Chromium (CHROMIUM names another place) and the extra `browser`. Pictures in `_shots/` (SHOTS names
another place); names of homes on the command line choose some. Closes with 'N passed, N failed'.
"""
import json, os, re, shutil, socket, subprocess, sys, tempfile, time, traceback
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

root, bin = Path(__file__).resolve().parents[1], Path(sys.executable).parent
shots = Path(os.environ.get('SHOTS', root/'_shots'))
FLAGS = [f'--{flag}' for flag in ('no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-sync',
                                  'disable-background-networking', 'disable-component-update')]
QUERY = 'open the blue door'
expect.set_options(timeout=60_000)

def chromium():
    "The browser's program, None where there is none."
    return os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('google-chrome')

def command(*args):
    subprocess.run([str(a) for a in args], check=True, stdout=subprocess.DEVNULL, cwd=root)

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]

@contextmanager
def exploring(*args):
    "`coot explore`: gives the address that it prints; it must end cleanly at Ctrl-C."
    cmd = [bin/'coot', 'explore', *args, '--port', '0', '--no_browser']
    proc = subprocess.Popen(list(map(str, cmd)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = proc.stdout.readline()
    try: yield re.search(r'http://127\.0\.0\.1:\d+/\S+', line)[0]
    finally:
        proc.send_signal(2)
        try: _, wrong = proc.communicate(timeout=20)
        except subprocess.TimeoutExpired: proc.kill()
    assert proc.returncode == 0 and 'Traceback' not in wrong, f'ended with {proc.returncode}: {wrong[-800:]}'

@contextmanager
def page_at(url, width=1600, height=1000, **kwargs):
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
    corners = (.15, .1), (.7, .1), (.7, .95), (.15, .95)
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

def scenario(page, name, text=True, films=True):
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

    page.get_by_label('direction').select_option('clip to text')
    expect(status).to_contain_text('The true match is at rank')
    tab(page, 'Map')
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
    assert b'<svg' in download(page, 'as SVG')[:100] and download(page, 'as PNG')[:4] == b'\x89PNG'
    page.get_by_label('filter the queries').fill('')
    tab(page, 'Confusions')
    expect(page.get_by_role('heading', name='Nearly the same')).to_be_visible()
    tab(page, 'Compare')
    expect(page.locator('.panel')).to_contain_text('shared queries')
    tab(page, 'Captions')
    expect(page.locator('.panel table')).to_contain_text('MART')

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
        server = subprocess.Popen([str(bin/'jupyter'), 'lab', *options], stdout=silent, stderr=silent,
            env=os.environ | dict(JUPYTER_CONFIG_DIR=tmp))
        try:
            for _ in range(240):
                with socket.socket() as s:
                    if s.connect_ex(('127.0.0.1', port)) == 0: break
                time.sleep(.5)
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
            except subprocess.TimeoutExpired: server.kill()

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

if __name__ == '__main__':
    if not chromium(): sys.exit('no Chromium here: skipped')
    shots.mkdir(exist_ok=True)
    results, chosen = [], sys.argv[1:]
    with tempfile.TemporaryDirectory() as tmp:
        data, logs = Path(tmp)/'data', Path(tmp)/'experiments'
        os.environ['XDG_CACHE_HOME'] = f'{tmp}/cache'
        made = [bin/'coot', 'demo', '-q', '--size', '0.1', '-o', 'train.num_epochs=2']
        where = ['--data_path', data, '--log_dir', logs]
        command(*made, *where)
        run = logs/'retrieval'/'demo'/'demo_run1'
        for check in (served, disk, index, lab):
            if chosen and check.__name__ not in chosen: continue
            start, ok = time.time(), True
            try: check(run, data)
            except Exception:
                traceback.print_exc()
                ok = False
            results.append(ok)
            print(f'{"ok  " if ok else "FAIL"}  {check.__name__}  {time.time() - start:.1f}s', flush=True)
    print(f'{sum(results)} passed, {len(results) - sum(results)} failed')
    sys.exit(not all(results))
