"All checks of the project, one line each; closes with 'N passed, N failed'. Notebooks to run can be named."
import hashlib, os, re, shutil, signal, subprocess, sys, tempfile, time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from fastcore.nbio import read_nb
from nbdev.config import get_config
from nbdev.doclinks import nbglob
from nbdev.test import nb_test_cells, test_nb

from house import survey
from links import source_links

cfg = get_config()
root, bin = cfg.config_path, Path(sys.executable).parent
results = []
HOUSE_MUST_PASS = True

def note(ok, name, seconds, detail=''):
    results.append(bool(ok))
    print(f"{'ok  ' if ok else 'FAIL'}  {name}  {seconds:.1f}s{detail}", flush=True)

def run(*cmd, cwd=root, **env):
    """Runs a program and returns what it printed. One that hangs, such as a browser that has crashed, has
    failed after ten minutes. It has no terminal to wait for; what it leaves running is ended with it."""
    with tempfile.TemporaryFile('w+') as out:  # a pipe would stay open as long as a child of the program runs
        how = dict(cwd=cwd, env=os.environ | env, stdin=subprocess.DEVNULL, start_new_session=True)
        proc = subprocess.Popen([str(c) for c in cmd], stdout=out, stderr=subprocess.STDOUT, **how)
        try: code, late = proc.wait(600), ''
        except subprocess.TimeoutExpired: code, late = 1, '\nno end after 600 s\n'
        finally:
            with suppress(ProcessLookupError): os.killpg(proc.pid, signal.SIGKILL)
            proc.wait()
        out.seek(0)
        return subprocess.CompletedProcess(cmd, code, out.read() + late)

def command(name, *cmd, **where):
    "One check that is one command, in a folder `cwd` and an environment; its output is shown if it fails."
    start = time.time()
    res = run(*cmd, **where)
    if res.returncode: print(res.stdout[-8000:])
    note(res.returncode == 0, name, time.time() - start)
    return res.stdout

def contents(*patterns):
    files = {p for pat in patterns for p in root.glob(pat) if p.is_file()}
    return {p.relative_to(root): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

def unchanged(name, *cmd, files):
    "A step that must leave the files as they are: what it would write is what is there."
    start, before = time.time(), contents(*files)
    res, after = run(*cmd), contents(*files)
    changed = sorted(str(p) for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    if res.returncode: print(res.stdout[-8000:])
    for p in changed: print(f'      changed by {Path(cmd[0]).name}: {p}')
    note(not res.returncode and not changed, name, time.time() - start)

def no_orphans():
    "Every module has its notebook."
    start = time.time()
    exps = [d for nb in nbglob(cfg.nbs_path, as_path=True) for c in read_nb(nb).cells
            for d in c.source.splitlines()[:1] if d.startswith('#| default_exp')]
    known = {Path(*e.split()[-1].split('.')).with_suffix('.py') for e in exps}
    lib = root/cfg.lib_path.name
    orphans = [p for p in lib.rglob('*.py') if not p.name.startswith('_') and p.relative_to(lib) not in known]
    for p in orphans: print(f'      no notebook exports {p.relative_to(root)}')
    note(not orphans, 'every module has a notebook', time.time() - start)

def floors():
    "A notebook imports only from notebooks with a lower number."
    start, wrong = time.time(), []
    numbered = cfg.nbs_path.glob('[0-9]*.ipynb')
    cells = {nb: [c.source for c in read_nb(nb).cells if c.cell_type == 'code'] for nb in numbered}
    modules = {line.split()[-1]: nb for nb, code in cells.items() for source in code
               for line in source.splitlines()[:1] if line.startswith('#| default_exp')}
    for nb, code in cells.items():
        lines = [line for source in code for line in source.splitlines()]
        for line in (line for line in lines if re.match(r'\s*(from|import) coot_nb', line)):
            named = re.findall(r'coot_nb\.([\w.]+)', line)
            what = re.findall(r'\w+', line.partition(' import ')[2])
            used = {*named, *(f'{m}.{w}' for m in named for w in what)}  # `from coot_nb.data import text`
            higher = [m for m in used if m in modules and modules[m].name > nb.name]
            wrong += [f'{nb.name} imports {m}, of {modules[m].name}' for m in higher]
    for line in sorted(set(wrong)): print(f'      {line}')
    note(not wrong, 'notebooks import from lower numbers', time.time() - start)

def links():
    "Links between notebooks and Markdown files lead to files and headings that exist."
    start, wrong = time.time(), source_links(root)
    for line in wrong: print(f'      {line}')
    note(not wrong, 'links lead somewhere', time.time() - start)

def course():
    "Each chapter says what to know before and after, and asks two exercises with answers."
    start, wrong = time.time(), []
    wanted = {'## What you should know': 1, '## What you know now': 1, '### Exercise ': 2, '#### Answer': 2}
    for nb in sorted((cfg.nbs_path/'chapters').glob('*.ipynb')):
        texts = [c.source for c in read_nb(nb).cells if c.cell_type == 'markdown']
        lines = '\n'.join(texts).splitlines()
        for head, least in wanted.items():
            n = sum(line.startswith(head) for line in lines)
            if n < least: wrong.append(f'{nb.name}: {n} of {least} headings {head.strip()!r}')
    for line in wrong: print(f'      {line}')
    note(not wrong, 'chapters open, close and ask', time.time() - start)

def house():
    "Files are short, names are public where they are imported and have one meaning, imports are named."
    start, (counts, wrong) = time.time(), survey(root/cfg.lib_path.name)
    for line in wrong if HOUSE_MUST_PASS else (): print(f'      {line}')
    counts = ', '.join(f'{n} {what.replace("_", " ")}' for what, n in counts.items())
    note(not wrong or not HOUSE_MUST_PASS, 'small files, one meaning for each name', time.time() - start,
         f'  {len(wrong)} exceptions; {counts}')

def pins():
    "Each pinned version has its hashes, and where there is a network no known vulnerability."
    from hashes import unhashed
    wrong = unhashed()
    detail = f'  {", ".join(wrong[:5])}: run make hashes' if wrong else ''
    note(not wrong, 'pinned versions have hashes', 0, detail)
    if not find_spec('pip_audit'):
        return print('skipped  audit of pinned versions (no pip-audit)', flush=True)
    audit = [bin/'python', '-m', 'pip_audit', '--no-deps', '--disable-pip', '-r', 'constraints.txt']
    done = subprocess.run(audit, capture_output=True, text=True)
    offline = 'onnection' in done.stderr or 'Max retries' in done.stderr
    said = 'skipped  audit of pinned versions (no network)' if offline else done.stdout + done.stderr
    print(said, flush=True)

def browser():
    "The explorer in Chromium, where that is present: a user's way through its three homes."
    program = os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('google-chrome')
    missing = 'Chromium' if not program else '' if find_spec('playwright') else 'playwright'
    if missing: print(f'skipped  explorer in a browser (no {missing})', flush=True)
    else: print(command('explorer in a browser', bin/'python', '.ci/browser.py', '--quick'), end='')

def notebooks(files, how_run=''):
    "All notebooks as nbdev-test runs them, two at a time, each printed when it is done; each is one check."
    skip = cfg.tst_flags.split()
    how = dict(skip_flags=skip, basepath=root, cell_timeout=cfg.cell_timeout)
    with ProcessPoolExecutor(2) as pool:
        # `test_nb` itself is what the workers call: IPython replaces `__main__` inside a worker.
        running = {pool.submit(test_nb, fn, **how): fn for fn in files}
        for done in as_completed(running):
            fn, problem = running[done], done.exception()
            ok, secs = (False, 0) if problem else done.result()
            detail = f'  {problem!r}' if problem else f'  {len(nb_test_cells(fn, skip, []))} cells'
            note(ok, f'{fn.relative_to(root)}{how_run}', secs, detail)

def tutorials_alone():
    """Every tutorial without the shared folder, as a stranger runs it: those whose code names the folder once
    more, the others as they are, since nothing in the package opens the folder by itself."""
    start, lib = time.time(), root/cfg.lib_path.name
    def opens(text): return re.search(r'(?<!def )\bshared\(|COOT_SHARED', text)
    wrong = [p for p in lib.rglob('*.py') if opens(p.read_text()) and p != lib/'files.py']
    for p in wrong: print(f'      opens the shared folder: {p.relative_to(root)}')
    def code(nb): return [c.source for c in read_nb(nb).cells if c.cell_type == 'code']
    tutorials = sorted((cfg.nbs_path/'tutorials').glob('*.ipynb'))
    files = [nb for nb in tutorials if any(re.search(r'\bshared\b|COOT_SHARED', c) for c in code(nb))]
    note(not wrong and files, 'the other tutorials have no shared folder', time.time() - start,
         f'  {len(tutorials) - len(files)} of {len(tutorials)}')
    before = os.environ.get('COOT_SHARED')
    if not Path(before or root.parent/'shared').exists(): return
    with tempfile.TemporaryDirectory() as empty:
        os.environ['COOT_SHARED'] = empty
        notebooks(files, ', without shared data')
    if before is None: del os.environ['COOT_SHARED']
    else: os.environ['COOT_SHARED'] = before

def wheel():
    "The package as a user gets it: built, installed outside the repository, its command run on a small demo."
    with tempfile.TemporaryDirectory() as tmp:
        src, site = Path(tmp)/'src', Path(tmp)/'site'
        left = shutil.ignore_patterns('.venv', '.git', '_docs', '_proc', 'experiments', 'data')
        shutil.copytree(root, src, ignore=left)
        command('build the wheel', bin/'python', '-m', 'build', '-w', '-n', '-o', tmp, src)
        pip = bin/'python', '-m', 'pip', 'install', '-q', '--no-deps', '--target', site
        command('install the wheel aside', *pip, *Path(tmp).glob('*.whl'))
        there = dict(PYTHONPATH=str(site))
        command('its command: help', site/'bin'/'coot', '--help', **there)
        command('its command: a small demo', site/'bin'/'coot', 'demo', '--size', '0.1',
                '-o', 'train.num_epochs=2', cwd=tmp, **there)

def before_notebooks():
    "The checks that run no notebook."
    unchanged('notebooks are clean', bin/'nbdev-clean', files=['nbs/**/*.ipynb'])
    unchanged('package equals notebooks', bin/'nbdev-export', files=['coot_nb/**/*.py'])
    no_orphans()
    floors()
    links()
    course()
    command('pictures, one color map', bin/'python', '.ci/pictures.py')
    house()
    pins()
    unchanged('README equals nbs/index.ipynb', bin/'python', '.ci/readme.py',
              files=['README.md', 'nbs/index_files/*'])
    command('ruff', bin/'ruff', 'check', '--output-format=concise', 'coot_nb', 'nbs', 'setup.py', '.ci')
    command('chkstyle', bin/'chkstyle', 'nbs')
    command('plain words', bin/'python', '.ci/words.py')
    command('pyright', bin/'pyright')
    if node := shutil.which('node'): command('front end', node, '--test', '.ci/explorer.test.mjs')
    else: print('skipped  front end (no node)', flush=True)
    browser()

if __name__ == '__main__':
    os.environ.update(OMP_NUM_THREADS='1', MPLBACKEND='agg', HF_HUB_OFFLINE='1')
    named = [Path(a).resolve() for a in sys.argv[1:]]
    # Notebooks leave gigabytes in temporary folders; these are below one that is removed at the end.
    with tempfile.TemporaryDirectory(prefix='coot_', ignore_cleanup_errors=True) as tempfile.tempdir:
        os.environ['TMPDIR'] = tempfile.tempdir
        if not named: before_notebooks()
        notebooks(named or nbglob(cfg.nbs_path, as_path=True).sorted())
        if not named:
            tutorials_alone()
            wheel()
    print(f'{sum(results)} passed, {len(results) - sum(results)} failed')
    sys.exit(not all(results))
