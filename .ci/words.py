"Stiff words in notebooks and pages, one hit a line. ALLOWED lists deliberate uses with their reason."
import io, json, re, subprocess, sys, tokenize
from pathlib import Path

WORDS = "told|shall|whoever|nobody|somebody|stands?|lies|is said|mend(?:s|ed)?|place of|of one's own"
STIFF = re.compile(rf'\b({WORDS})\b', re.I)
ALLOWED = {
    r'stands? (?:for|by|out)': 'idiom',
    r'stand-?(?:ins?|alone)': 'the noun, the adjective',
    r'what is said (?:and written|with other|in|with)|what is said\b': 'speech in a video',
    r'in place of METEOR': 'labels in stored pictures and outputs',
    r'somebody says|somebody washes': 'queries',
    r'such as nobody|A bottle stands there': 'data of a test',
    r'place of (?:origin|publication)': 'the noun',
    r'\'mended\'|\*\*mended\*\*|a mended one': 'a kind of quirk, in the JSON of coot config explain',
    r'\'nobody\'': 'a video that does not exist',
}

def spoken(code):
    "A cell of code with everything but its strings and comments blanked."
    lines = [' '*len(line) for line in code.splitlines()]
    kinds = tokenize.STRING, tokenize.COMMENT, getattr(tokenize, 'FSTRING_MIDDLE', -1)
    try: found = [t for t in tokenize.generate_tokens(io.StringIO(code).readline) if t.type in kinds]
    except (tokenize.TokenError, SyntaxError): return code
    for t in found:
        for n, text in enumerate(re.sub(r'{[^{}]*}', lambda m: ' '*len(m[0]), t.string).splitlines()):
            row, col = t.start[0] - 1 + n, t.start[1] if not n else 0
            lines[row] = lines[row][:col] + text + lines[row][col + len(text):]
    return '\n'.join(lines)

def texts(path):
    "The prose of a file, cell by cell: Markdown, strings, comments; no outputs, no names of variables."
    text = path.read_text(encoding='utf8')
    if path.suffix != '.ipynb': return [text]
    cells = [(c['cell_type'], ''.join(c['source'])) for c in json.loads(text)['cells']]
    return [spoken(source) if kind == 'code' else source for kind, source in cells]

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
