"Stiff words in notebooks and pages, one hit a line. ALLOWED lists deliberate uses with their reason."
import json, re, subprocess, sys
from pathlib import Path

WORDS = "told|shall|whoever|nobody|somebody|stands?|lies|is said|mend(?:s|ed)?|place of|of one's own"
STIFF = re.compile(rf'\b({WORDS})\b', re.I)
ALLOWED = {
    r'stands? (?:for|by|out)': 'idiom',
    r'stand-?ins?': 'the noun',
    r'place of (?:origin|publication)': 'the noun',
    r'\bstand beside\b': 'figures next to each other on a page',
}

def texts(path):
    "The text of a file, cell by cell; outputs are not looked at."
    text = path.read_text(encoding='utf8')
    if path.suffix != '.ipynb': return [text]
    return [''.join(c['source']) for c in json.loads(text)['cells']]

def hits(path):
    for number, text in enumerate(texts(path)):
        allowed = [m.span() for pattern in ALLOWED for m in re.finditer(pattern, text, re.I)]
        for m in STIFF.finditer(text):
            if any(a <= m.start() < b for a, b in allowed): continue
            start, stop = text.rfind('\n', 0, m.start()) + 1, text.find('\n', m.end())
            yield f'{path}:{number}: {m[0]}: {text[start:stop if stop >= 0 else None].strip()}'

if __name__ == '__main__':
    ask = 'git', 'ls-files', '*.ipynb', '*.md', '*.yml', '*.yaml', 'Makefile', 'settings.ini'
    names = sys.argv[1:] or subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split()
    found = [line for name in names for line in hits(Path(name))]
    for line in found: print(line)
    print(f'{len(found)} hits')
    sys.exit(bool(found))
