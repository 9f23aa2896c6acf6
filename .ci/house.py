"What in the package is too large, defined twice, or taken from another module's private names."
import ast, io, sys, tokenize
from collections import defaultdict
from pathlib import Path

MOST_LINES, MOST_CELLS = 450, 70
IGNORED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
           tokenize.ENDMARKER}
DEFS = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef

def docstring(node):
    "The expression that is the docstring of a module, class or function."
    first = node.body[0] if node.body else None
    is_text = isinstance(first, ast.Expr) and isinstance(getattr(first.value, 'value', 0), str)
    return first if is_text else None

def code_lines(source):
    "Counts lines without blanks, comments and docstrings."
    lines = set()
    for tok in tokenize.generate_tokens(io.StringIO(source).readline):
        if tok.type not in IGNORED: lines.update(range(tok.start[0], tok.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        doc = docstring(node) if isinstance(node, (*DEFS, ast.Module)) else None
        if doc: lines -= set(range(doc.lineno, doc.end_lineno + 1))
    return len(lines)

def modules(lib):
    return [p for p in sorted(lib.rglob('*.py')) if p.name != '_modidx.py']

def definitions(tree):
    "Public functions, classes and constants of a module."
    for node in tree.body:
        if isinstance(node, DEFS): names = [node.name]
        elif isinstance(node, ast.Assign): names = [t.id for t in node.targets if isinstance(t, ast.Name)]
        else: continue
        yield from (n for n in names if not n.startswith('_'))

def private(name): return name.startswith('_') and not name.startswith('__')

def survey(lib):
    "Returns totals, and what is wrong, one line each."
    wrong, owners, total, defined = [], defaultdict(list), 0, 0
    for path in modules(lib):
        source, name = path.read_text(), path.relative_to(lib.parent).as_posix()
        tree, size = ast.parse(source), source.count('\n')
        total += code_lines(source)
        if size > MOST_LINES: wrong.append(f'{name}: {size} lines, at most {MOST_LINES}')
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.level: continue
            taken = [a.name for a in node.names]
            wrong += [f'{name}: imports the private {n} of {node.module}' for n in taken if private(n)]
            if '*' in taken: wrong.append(f'{name}: imports * from {node.module}')
        exported = next((ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign)
                         and getattr(n.targets[0], 'id', '') == '__all__'
                         and isinstance(n.value, ast.List)), [])
        defined += len(exported)
        if path.name == 'api.py': continue  # the short forms of what the chapters define
        for n in dict.fromkeys(exported): owners[n].append(name)
    twice = {n: where for n, where in sorted(owners.items()) if len(where) > 1}
    wrong += [f'{n}: defined in {" and ".join(where)}' for n, where in twice.items()]
    return dict(code_lines=total, modules=len(modules(lib)), public_names=defined), wrong

if __name__ == '__main__':
    counts, wrong = survey(Path(__file__).resolve().parent.parent/'coot_nb')
    for line in wrong: print(line)
    print(', '.join(f'{k} {v}' for k, v in counts.items()))
    sys.exit(bool(wrong))
