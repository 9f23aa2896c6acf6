"Writes the SHA-256 of each file of each pinned version: `python .ci/hashes.py INDEX [WHEEL ...]`."
import hashlib, json, sys, urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, canonicalize_name
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parent.parent
OUT = ROOT/'.ci'/'hashes.txt'
PYTHONS = {'py3', 'py2', *(f'cp3{i}' for i in range(2, 15))} # older ones for `abi3`
PLATFORMS = 'any', 'linux_x86_64', '_x86_64', '_aarch64', '_arm64', '_universal2', 'win_amd64'

def pins():
    "Names and versions of constraints.txt."
    lines = (line.partition('#')[0].strip() for line in (ROOT/'constraints.txt').read_text().splitlines())
    return [line.split('==') for line in lines if line]

def fits(name, version):
    "Whether a file of an index is of this version and for a platform that the tests know."
    try:
        if not name.endswith('.whl'): return parse_sdist_filename(name)[1] == version
        found, tags = parse_wheel_filename(name)[1::2]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion): return False
    if Version(found.public) != version or 'musllinux' in name: return False
    return any(t.interpreter in PYTHONS and t.platform.endswith(PLATFORMS) for t in tags)

def hashes(index, name, version):
    "SHA-256 of the files of a version, as the index states them."
    form = {'Accept': 'application/vnd.pypi.simple.v1+json'}
    ask = urllib.request.Request(f'{index.rstrip("/")}/{canonicalize_name(name)}/', headers=form)
    with urllib.request.urlopen(ask, timeout=60) as f: files = json.load(f)['files']
    kept = (f['hashes'] for f in files if fits(f['filename'], Version(version)))
    return {h['sha256'] for h in kept if 'sha256' in h}

def write(index, wheels):
    own = [(Path(w).name, hashlib.sha256(Path(w).read_bytes()).hexdigest()) for w in wheels]
    with ThreadPoolExecutor(8) as pool: found = list(pool.map(lambda p: hashes(index, *p), pins()))
    lines = ['# Written by .ci/hashes.py, for `pip install --require-hashes --no-deps -r .ci/hashes.txt`.']
    for (name, version), known in zip(pins(), found):
        known |= {h for file, h in own if fits(file, Version(version))
            and parse_wheel_filename(file)[0] == canonicalize_name(name)}
        if not known: sys.exit(f'{name}=={version}: no file with a hash in the index')
        lines.append(' \\\n    '.join([f'{name}=={version}', *(f'--hash=sha256:{h}' for h in sorted(known))]))
    OUT.write_text('\n'.join(lines) + '\n')
    return f'{len(lines) - 1} versions, {sum(map(len, found))} hashes in {OUT.relative_to(ROOT)}'

def unhashed():
    "Pins without a hash, and hashes of other versions."
    lines = OUT.read_text().splitlines()
    known = {line.split()[0] for line in lines if line and line[0] not in ' #'}
    return sorted(known ^ {f'{name}=={version}' for name, version in pins()})

if __name__ == '__main__':
    if not sys.argv[1:]: sys.exit(__doc__)
    print(write(sys.argv[1], sys.argv[2:]))
