"""The explorer in a real browser: in Voila (through `coot explore`), in JupyterLab, as a page from disk,
and on an index of videos.

Needs Chromium (CHROMIUM names another place) and the extra `browser`. Closes with 'N passed, N failed'.
"""
import os, re, shutil, socket, subprocess, sys, tempfile, time, traceback
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

root, bin = Path(__file__).resolve().parents[1], Path(sys.executable).parent
shots = Path(os.environ.get('SHOTS', root/'_shots'))
FLAGS = [f'--{flag}' for flag in ('no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-sync',
                                  'disable-background-networking', 'disable-component-update')]
QUERY = 'open the blue door'

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]

@contextmanager
def serving(cmd, port, **kwargs):
    "A server on a loopback port, ended on the way out."
    silent = subprocess.DEVNULL
    proc = subprocess.Popen([str(c) for c in cmd], stdout=silent, stderr=silent, **kwargs)
    try:
        for _ in range(240):
            if proc.poll() is not None: raise RuntimeError(f'{cmd[0]} ended with {proc.returncode}')
            with socket.socket() as s:
                if s.connect_ex(('127.0.0.1', port)) == 0: break
            time.sleep(.5)
        yield f'http://127.0.0.1:{port}'
    finally:
        proc.send_signal(2)  # Ctrl-C, as a user would
        try: proc.wait(20)
        except subprocess.TimeoutExpired: proc.kill()

@contextmanager
def page_at(url, width=1600, height=1300, **kwargs):
    "A page whose requests must all stay on this machine."
    outside = []
    def guard(route):
        here = route.request.url.startswith(('http://127.0.0.1', 'ws://127.0.0.1', 'file:', 'data:', 'blob:'))
        if not here: outside.append(route.request.url)
        route.continue_() if here else route.abort()
    with sync_playwright() as p:
        chromium = os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('google-chrome')
        browser = p.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport=dict(width=width, height=height), **kwargs)
        page.route('**/*', guard)
        errors = []
        page.on('pageerror', lambda e: errors.append(str(e)))
        page.goto(url, wait_until='domcontentloaded')
        yield page
        browser.close()
    assert not outside, f'requests that left the machine: {outside[:3]}'
    assert not errors, f'errors on the page: {errors[:3]}'

def scenario(page, name):
    "Types a query, picks a result, changes the direction, selects on the map; says what must appear."
    page.wait_for_selector('.answer', timeout=120_000)
    page.wait_for_selector('.cell', timeout=30_000)
    status, note = page.locator('.coot .status'), page.locator('.coot .note')
    box = page.get_by_placeholder('type a sentence')
    box.fill(QUERY)
    box.press('Enter')
    expect(status).to_contain_text(f'“{QUERY}”', timeout=30_000)
    expect(page.locator('.answer:visible')).to_have_count(5)
    expect(page.locator('svg text', has_text=f'? {QUERY}').first).to_be_visible()

    third = page.locator('.answer:visible').nth(2)
    key = third.get_attribute('data-key')
    expect(third.locator('img').first).to_be_visible(timeout=30_000)
    page.locator('button[title="show answer 3"]').click()
    expect(page.locator('.coot .heading b')).to_have_text(key)
    video = page.locator('video')
    expect(video).to_have_attribute('aria-label', re.compile(f'^{re.escape(key)} from'))
    page.wait_for_function('() => document.querySelector("video").readyState > 1', timeout=30_000)
    page.screenshot(path=shots/f'{name}_query.png', full_page=True)

    page.get_by_label('direction').select_option('clip to sentence')
    expect(status).to_contain_text('the right answer is number', timeout=30_000)
    page.get_by_placeholder('words of the text').fill('door')
    page.get_by_placeholder('words of the text').press('Enter')

    page.get_by_role('tab', name='Map').click()
    canvas = page.locator('canvas.points')
    canvas.wait_for(timeout=30_000)
    canvas.scroll_into_view_if_needed()
    at = canvas.bounding_box()
    page.mouse.move(at['x'] + 5, at['y'] + 5)
    page.mouse.down()
    page.mouse.move(at['x'] + at['width']*.5, at['y'] + at['height']*.6, steps=5)
    page.mouse.up()
    page.get_by_role('tab', name='Ranks').click()
    expect(note).to_contain_text('The worst:', timeout=30_000)
    chosen, of = (int(w) for w in note.inner_text().split(' queries')[0].split(' of '))
    assert 0 < chosen < of, f'the box on the map chose {chosen} of {of} queries'
    page.locator('.bar').first.focus()
    page.keyboard.press('Enter')  # by keyboard: the first bar chooses the queries of rank 1
    expect(note).not_to_contain_text(f'{chosen} of {of} queries', timeout=30_000)
    page.screenshot(path=shots/f'{name}_ranks.png', full_page=True)

def voila(run, data):
    port = free_port()
    where = ['--split', 'test', '--data_path', data, '--port', port, '--other', run]
    with serving([bin/'coot', 'explore', run, *where], port) as url:
        with page_at(url) as page: scenario(page, 'voila')
        with page_at(url, width=1000) as page:
            page.wait_for_selector('.cell', timeout=120_000)
            wide = page.evaluate('document.documentElement.scrollWidth')
            assert wide <= 1000, f'at 1000 pixels the page is {wide} wide'
            page.screenshot(path=shots/'voila_1000.png', full_page=True)

def lab(run, data):
    port = free_port()
    with tempfile.TemporaryDirectory() as tmp:
        from coot_nb.commands.views import explorer_notebook
        explorer_notebook(dict(folder=run, data_path=data, split='test'), f'{tmp}/explorer.ipynb')
        options = ['--allow-root', '--no-browser', '--ip=127.0.0.1', f'--port={port}',
            '--IdentityProvider.token=', '--ServerApp.password=', '--ServerApp.disable_check_xsrf=True',
            f'--ServerApp.root_dir={tmp}']
        env = os.environ | dict(JUPYTER_CONFIG_DIR=tmp)
        with serving([bin/'jupyter', 'lab', *options], port, env=env) as url:
            with page_at(f'{url}/lab/tree/explorer.ipynb?reset', width=1600) as page:
                page.wait_for_selector('.jp-Notebook .jp-Cell', timeout=120_000)
                page.wait_for_timeout(1500)  # the menus are there before they work
                page.get_by_role('menuitem', name='Run', exact=True).click()
                page.get_by_role('menuitem', name='Run All Cells', exact=True).click()
                scenario(page, 'lab')

def static(run, data):
    path = shots/'page.html'
    command = [bin/'coot', 'explore', run, '--split', 'test', '--data_path', data, '--html', path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for theme in ('light', 'dark'):
        with page_at(path.as_uri(), width=1000 if theme == 'dark' else 1600, color_scheme=theme) as page:
            page.wait_for_selector('.answer')
            before = page.inner_text('#status')
            page.select_option('#direction', 'sen2cli')
            page.wait_for_function('t => document.getElementById("status").innerText !== t', arg=before)
            page.fill('#find', 'door')
            page.select_option('#items', index=2)
            assert 'door' in page.inner_text('#status').lower()
            assert page.locator('#heat .cell').count() and page.locator('#bars .bar').count()
            before = page.inner_text('#count')
            page.locator('#map canvas').scroll_into_view_if_needed()
            at = page.locator('#map canvas').bounding_box()
            page.fill('#find', '')
            page.mouse.move(at['x'] + 5, at['y'] + 5)
            page.mouse.down()
            page.mouse.move(at['x'] + at['width']*.5, at['y'] + at['height']*.6, steps=5)
            page.mouse.up()
            few, all_of = (int(w) for w in page.inner_text('#count').replace(' queries', '').split(' of '))
            assert 0 < few < all_of, page.inner_text('#count')
            assert page.evaluate('document.documentElement.scrollWidth') <= page.viewport_size['width']
            page.screenshot(path=shots/f'page_{theme}.png', full_page=True)

def index(run, data):
    "An index of the same videos, without their texts; in the dark."
    folder, port = run.parent/'index', free_port()
    where = ['--index', folder, '--run', run, '--data_path', data, '-q']
    subprocess.run([bin/'coot', 'index', data/'demo'/'videos', *where], check=True, stdout=subprocess.DEVNULL)
    with serving([bin/'coot', 'explore', folder, '--port', port, '--theme', 'dark'], port) as url:
        with page_at(url, color_scheme='dark') as page:
            page.wait_for_selector('.answer', timeout=120_000)
            box = page.get_by_placeholder('type a sentence')
            box.fill(QUERY)
            box.press('Enter')
            expect(page.locator('svg text', has_text=f'? {QUERY}').first).to_be_visible(timeout=30_000)
            expect(page.locator('.answer:visible img').first).to_be_visible(timeout=30_000)
            expect(page.get_by_role('tab')).to_have_text(['Time', 'Map', 'Confusions'])
            page.get_by_label('direction').select_option('clip to clip')
            page.get_by_role('tab', name='Map').click()
            page.locator('canvas.points').wait_for(timeout=30_000)
            page.get_by_role('tab', name='Confusions').click()
            expect(page.get_by_text('moments that are almost the same')).to_be_visible(timeout=30_000)
            assert not page.get_by_text('the right answer is').count(), 'nothing is right without texts'
            page.screenshot(path=shots/'index_dark.png', full_page=True)

if __name__ == '__main__':
    shots.mkdir(exist_ok=True)
    results = []
    with tempfile.TemporaryDirectory() as tmp:
        data, logs = Path(tmp)/'data', Path(tmp)/'experiments'
        made = [bin/'coot', 'demo', '-q', '--size', '0.2', '-o', 'train.num_epochs=5']
        where = ['--data_path', data, '--log_dir', logs]
        subprocess.run(made + where, check=True, stdout=subprocess.DEVNULL, cwd=root)
        run = logs/'retrieval'/'demo'/'demo_run1'
        for check in (voila, lab, static, index):
            start, ok = time.time(), True
            try: check(run, data)
            except Exception:
                traceback.print_exc()
                ok = False
            results.append(ok)
            print(f'{"ok  " if ok else "FAIL"}  {check.__name__}  {time.time() - start:.1f}s', flush=True)
    print(f'{sum(results)} passed, {len(results) - sum(results)} failed')
    sys.exit(not all(results))
