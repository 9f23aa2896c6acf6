"Links that lead nowhere: between notebooks and Markdown files, and on the rendered site. Asks no network."
import json, os, re, subprocess, sys
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

CODE = re.compile(r'(?ms)^ *(```|~~~).*?^ *\1|`[^`\n]+`')
LINK = re.compile(r'\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+"[^"]*")?\s*\)')
TAG = re.compile(r'<(?:a|img|source|video)\b[^>]*?\b(?:href|src)=["\']([^"\']+)')
HEADING = re.compile(r'(?m)^#{1,6} +(.+?) *#*$')

def outside(link): return bool(urlsplit(link).scheme or link.startswith('//'))

def files(root):
    "All notebooks and Markdown files that belong to the project."
    ask = 'git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.ipynb', '*.md'
    found = subprocess.run(ask, cwd=root, capture_output=True, text=True)
    if found.returncode == 0: return sorted({root/name for name in found.stdout.split('\0') if name})
    return sorted([*root.glob('nbs/**/*.ipynb'), *root.glob('*.md'), *root.glob('data/*.md')])

@cache
def cells(path):
    "The Markdown of a file, cell by cell, and the names of what is attached to each."
    text = path.read_text(encoding='utf8')
    if path.suffix != '.ipynb': return [(text, set())]
    found = [c for c in json.loads(text)['cells'] if c['cell_type'] == 'markdown']
    return [(''.join(c['source']), set(c.get('attachments', {}))) for c in found]

@cache
def anchors(path):
    "The names by which the headings of a file can be reached: in Jupyter, and on GitHub and the site."
    text = '\n'.join(re.sub(r'(?ms)^ *(```|~~~).*?^ *\1', '', source) for source, _ in cells(path))
    heads = [re.sub(r'\[([^\]]*)\]\([^)]*\)|[`*]', r'\1', h).strip() for h in HEADING.findall(text)]
    plain = {re.sub(r'[^\w\- ]', '', h.lower()).replace(' ', '-') for h in heads}
    return plain | {h.replace(' ', '-') for h in heads} | set(re.findall(r'(?:id|name)=["\']([^"\']+)', text))

def dead_link(path, link, attached):
    "What is wrong with one link of a file; empty if nothing is."
    if link.startswith('attachment:'): return '' if link[11:] in attached else 'no such attachment'
    if outside(link): return ''
    where, _, anchor = unquote(link).partition('#')
    target = (path.parent/where).resolve() if where else path
    if not target.exists(): return 'no such file'
    known = target.suffix in ('.ipynb', '.md')
    return f'no heading {anchor!r} there' if anchor and known and anchor not in anchors(target) else ''

def source_links(root):
    "What is wrong with the links of all notebooks and Markdown files, one line each."
    out = []
    for path in files(root):
        for source, attached in cells(path):
            text = CODE.sub('', source)
            links = [*LINK.findall(text), *TAG.findall(text)]
            wrong = [(link, dead_link(path, link, attached)) for link in links]
            out += [f'{path.relative_to(root)}: {link}: {why}' for link, why in wrong if why]
    return out

class Page:
    "The links of a page, and the places in it that a link can name."
    def __init__(self, path):
        tags = ' '.join(re.findall(r'<[a-z][^<>]*>', path.read_text(encoding='utf8')))
        self.ids = {unescape(x) for x in re.findall(r'\b(?:id|name)="([^"]+)"', tags)}
        links = re.findall(r'\b(?:href|src|poster)="([^"]+)"', tags)
        self.links = [unescape(x) for x in dict.fromkeys(links)]

def site_links(site):
    "What is wrong with the links of a rendered site, one line each."
    site = site.resolve()
    pages = {str(path): Page(path) for path in sorted(site.rglob('*.html'))}
    exists, out = cache(os.path.exists), []
    for path, page in pages.items():
        for link in page.links:
            if outside(link): continue
            parts = urlsplit(unquote(link))
            base = str(site) if parts.path.startswith('/') else os.path.dirname(path)
            target = os.path.normpath(os.path.join(base, parts.path.lstrip('/'))) if parts.path else path
            if target not in pages and os.path.isdir(target): target = os.path.join(target, 'index.html')
            known = pages[target].ids if target in pages else {parts.fragment}
            if not Path(target).is_relative_to(site): why = 'leaves the site'
            elif not exists(target): why = 'no such file'
            elif parts.fragment and parts.fragment not in known: why = 'no such place'
            else: continue
            out.append(f'{os.path.relpath(path, site)}: {link}: {why}')
    return out

def loaded(site):
    "What the pages of a site would fetch from the network when they are opened, one line each."
    tag = re.compile(r'<(?:script|img|source|iframe)\b[^>]*?\bsrc="((?:https?:)?//[^"]+)"'
                     r'|<link\b(?=[^>]*stylesheet|[^>]*icon|[^>]*preload)[^>]*?\bhref="((?:https?:)?//[^"]+)"')
    pages = sorted(site.rglob('*.html'))
    found = [(p, m[1] or m[2]) for p in pages for m in tag.finditer(p.read_text(encoding='utf8'))]
    asks = re.compile(r'url\(["\']?(https?:[^)]+)')
    sheets = [(p, url) for p in site.rglob('*.css') for url in asks.findall(p.read_text())]
    return [f'{path.relative_to(site)}: {url}' for path, url in found + sheets]

if __name__ == '__main__':
    folder = Path(sys.argv[1]) if sys.argv[1:] else None
    wrong = site_links(folder) if folder else source_links(Path(__file__).resolve().parent.parent)
    for line in wrong: print(line)
    sys.exit(bool(wrong))
