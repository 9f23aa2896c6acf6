"Numbered notebooks have a picture, or are listed here; heat maps use one color map; pictures have a text."
import json, re, sys
from pathlib import Path

COLORS = 'cividis', 'cividis_r', 'SIMILARITY'  # `views.plots.SIMILARITY` is cividis
CATEGORIES = 'Dark2',  # colors of things without an order
NONE = {  # pages on which nothing can be drawn, and what is on them instead
    'keys, errors': '00_blocks 05_arguments 60_config 80_options',
    'processes and locks': '02a_children 42a_lock 64_meteor',
    'printed text and tables': '04_printing 18a_status 51b_hits 86_doctor 89_cli',
    'files and their formats': '13a_video_files 16a_records 16a_sources 65a_predictions 71b_attachments',
    'names, downloads, protocols': '50_milvus 53_encoders 57_agents',
    'command lines of what other pages draw': '81_data 82_retrieval 83_search 84_captioning'}
MAP = re.compile(r'''cmap=['"]?(\w+)|get_cmap\(['"](\w+)|plt\.cm\.(\w+)''')
IMAGE = re.compile(r'!\[([^\]]*)\]\(')

def source(cell): return ''.join(cell['source'])

def is_drawn(cell):
    "Whether a cell shows a picture: its own output, or an image file."
    if cell['cell_type'] == 'markdown': return bool(IMAGE.search(source(cell)))
    found = [o.get('data', {}) for o in cell.get('outputs', ())]
    html = ''.join(''.join(d.get('text/html', '')) for d in found)
    return any('image/png' in d for d in found) or '<img' in html or '<svg' in html

def wrong_pictures(nbs):
    "What is wrong with the pictures of the notebooks in a folder, one line each."
    none, wrong = {name for names in NONE.values() for name in names.split()}, []
    for path in sorted(nbs.rglob('*.ipynb')):
        if '.ipynb_checkpoints' in path.parts: continue
        name, cells = path.relative_to(nbs).with_suffix('').as_posix(), json.loads(path.read_text())['cells']
        drawn = any(map(is_drawn, cells))
        if re.match(r'\d', name) and not drawn and name not in none: wrong.append(f'{name}: no picture')
        if drawn and name in none: wrong.append(f'{name}: has a picture, but is listed as a page without one')
        none.discard(name)
        for c in cells:
            if c['cell_type'] == 'markdown':
                if '' in IMAGE.findall(source(c)): wrong.append(f'{name}:{c["id"]}: an image without a text')
                continue
            used = {next(filter(None, m)) for m in MAP.findall(source(c))}
            others = used - {*COLORS, *CATEGORIES, 'ScalarMappable', 'colors'}
            for other in sorted(others): wrong.append(f'{name}:{c["id"]}: color map {other}, not {COLORS[0]}')
    return wrong + [f'{name}: listed in pictures.py, but there is no such notebook' for name in sorted(none)]

if __name__ == '__main__':
    found = wrong_pictures(Path(__file__).resolve().parent.parent/'nbs')
    for line in found: print(line)
    print(f'{len(found)} wrong')
    sys.exit(bool(found))
