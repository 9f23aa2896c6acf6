"The reference: signatures and parameters (shapes, units) of every public name; the command line."
import contextlib, importlib, inspect, io, os, re
from dataclasses import is_dataclass
from enum import Enum
from pprint import pformat
from types import ModuleType
from typing import Any

from fastcore.docments import docments

EMPTY = inspect.Parameter.empty

def cell(text: Any) -> str:
    "One cell of a Markdown table."
    return re.sub(r'\s*\n\s*', ' ', str(text or '')).replace('|', r'\|')

def code(text: Any) -> str: return f'`{cell(text)}`' if text not in (None, '') else ''

def annotation(a: Any) -> str:
    return '' if a is EMPTY or a is None else a if isinstance(a, str) else inspect.formatannotation(a)

def short(value: Any) -> str:
    if callable(value): return getattr(value, '__name__', '...')
    text = repr(value)
    return text if len(text) <= 40 and ' at 0x' not in text and '\n' not in text else '...'

def signature(obj: Any) -> str:
    "Parameters and result as in the source; annotations are strings there."
    try: sig = inspect.signature(obj)
    except (ValueError, TypeError): return '()'
    out, star = [], False
    for p in sig.parameters.values():
        if p.name in ('self', 'cls'): continue
        if p.kind is p.KEYWORD_ONLY and not star: out.append('*')
        star |= p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        text = {p.VAR_POSITIONAL: '*', p.VAR_KEYWORD: '**'}.get(p.kind, '') + p.name
        if kind := annotation(p.annotation): text += f': {kind}'
        if p.default is not EMPTY: text += (' = ' if kind else '=') + short(p.default)
        out.append(text)
    result = '' if inspect.isclass(obj) else annotation(sig.return_annotation)
    return f'({", ".join(out)})' + (f' -> {result}' if result else '')

def parameters(obj: Any) -> str:
    "A table of the parameters or fields that the source explains; empty if it explains none."
    try: found = docments(obj, full=True, eval_str=False)
    except Exception: return ''  # a class without source, a callable object
    known = {k: v for k, v in found.items() if k != 'self' and v.get('docment')}
    if not known: return ''
    rows = [f'| {"**returns**" if k == "return" else code(k)} | {code(annotation(v.get("anno")))} '
            f'| {cell(v["docment"])} |' for k, v in known.items()]
    return '\n'.join(['| | type | |', '|---|---|---|', *rows])

def entry(kind: str, name: str, obj: Any, depth: int, inside: str = '') -> str:
    "One name as a directive of Sphinx's Python domain."
    fence = ':'*depth
    sig = '' if kind in ('data', 'attribute') else signature(obj)
    doc = inspect.cleandoc(obj.__doc__ or '') if kind != 'data' else ''
    if is_dataclass(obj) and doc.startswith(f'{name}('): doc = ''
    options = ':classmethod:\n' if kind == 'method' and inspect.ismethod(obj) else ''
    body = '\n\n'.join(filter(None, [doc, parameters(obj) if kind != 'data' else '', inside]))
    return f'{fence}{{py:{kind}}} {name}{sig}\n{options}\n{body}\n{fence}'

def members(cls: type) -> str:
    "Public methods and properties that a class defines itself."
    out = []
    for name, obj in vars(cls).items():
        if name.startswith('_'): continue
        bare = obj.__func__ if isinstance(obj, (classmethod, staticmethod)) else obj
        if isinstance(bare, property):
            out.append(f'::::{{py:property}} {name}\n\n{inspect.cleandoc(bare.__doc__ or "")}\n::::')
        elif inspect.isfunction(bare):
            made = getattr(cls, name) if isinstance(obj, classmethod) else bare
            out.append(entry('method', name, made, 4))
    return '\n\n'.join(out)

def describe(name: str, obj: Any) -> str:
    if inspect.isclass(obj):
        listed = ', '.join(f'`{m.name}`' for m in obj) if issubclass(obj, Enum) else ''
        return entry('class', name, obj, 6, listed or members(obj))
    if inspect.isfunction(obj): return entry('function', name, obj, 6)
    many = isinstance(obj, (dict, tuple, list, set))
    if isinstance(obj, dict) and any(map(callable, obj.values())):
        text = '\n'.join(f'{key!r}: {getattr(x, "__name__", short(x))}' for key, x in obj.items())
    else: text = pformat(obj, width=88, sort_dicts=False) if many else repr(obj)
    value = f'```python\n{text}\n```' if len(text) < 1200 and ' at 0x' not in text else ''
    return f'::::::{{py:data}} {name}\n\n{value}\n::::::'

def own_names(module: ModuleType) -> list[str]:
    "Public names that a module itself defines, in the order of `__all__`."
    def here(x): return getattr(x, '__module__', module.__name__) in (module.__name__, None)
    names = list(getattr(module, '__all__', ()))
    return [n for n in names if hasattr(module, n)
            and (here(x := getattr(module, n)) or not (inspect.isclass(x) or inspect.isfunction(x)))]

def module_page(name: str, page: str) -> str:
    "The reference of one module as MyST Markdown."
    module = importlib.import_module(name)
    brief = inspect.cleandoc(module.__doc__ or '').split('\n\nDocs:')[0]
    listed = '\n\n'.join(describe(n, getattr(module, n)) for n in own_names(module))
    note = f'Explained and tested in [the notebook]({page}).'
    head = f'# {name}\n\n> {brief}\n\n{note}\n\n```{{py:module}} {name}\n```\n\n'
    return head + (listed or 'No public names.') + '\n'

def command_page(program: str = 'coot') -> str:
    "The help of every command, as a terminal of 80 columns shows it."
    from typer.main import get_command
    from coot_nb.cli import app
    os.environ.update(COLUMNS='80', TERMINAL_WIDTH='80')
    root = get_command(app)
    def texts(command, *path):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
            root.main([*path, '--help'], prog_name=program, standalone_mode=False)
        yield ' '.join((program, *path)), out.getvalue()
        for name, sub in sorted(getattr(command, 'commands', {}).items()):
            if not sub.hidden: yield from texts(sub, *path, name)
    parts = [f'## {path}\n\n```text\n{text.strip()}\n```' for path, text in texts(root)]
    return '# Command line\n\n> Every command with its options.\n\n' + '\n\n'.join(parts) + '\n'
