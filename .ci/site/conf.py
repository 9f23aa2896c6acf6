"Sphinx settings of the site: no execution, no network; pages are staged by `.ci/docs.py`."
from html import escape
from itertools import count

from docutils import nodes
from sphinx.addnodes import toctree
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxTranslator

project, author, copyright = 'coot_nb', 'The coot_nb authors', 'The coot_nb authors, Apache-2.0'
html_title = 'coot_nb'
extensions = ['myst_nb', 'sphinx_copybutton', 'sphinx.ext.mathjax']
nb_execution_mode = 'off'
nb_ipywidgets_js = {}  # would be fetched from the network
nb_render_markdown_format = 'gfm'
nb_number_source_lines = False
nb_code_prompt_show, nb_code_prompt_hide = 'Code', 'Code'
myst_enable_extensions = ['dollarmath', 'amsmath', 'colon_fence', 'attrs_block']
myst_heading_anchors = 4
myst_all_links_external = False
suppress_warnings = ['myst.header', 'mystnb.unknown_mime_type', 'misc.highlighting_failure']
html_theme = 'furo'
html_static_path = ['_static']
html_css_files = ['site.css']
html_use_index = html_domain_indices = False
html_show_sphinx = html_copy_source = html_show_sourcelink = False
html_theme_options = dict(source_repository='', navigation_with_keys=True)
html_search_language = 'en'
python_maximum_signature_line_length = 80
add_module_names = False
toc_object_entries_show_parents = 'hide'
copybutton_exclude = '.linenos, .gp, .go'
mathjax_path = 'mathjax/tex-svg.js'
mathjax3_config = dict(options=dict(enableMenu=False), svg=dict(fontCache='global'))

FOLDED = 'Checks', 'Answer', 'Answers'  # sections that open on a click

class Fold(nodes.General, nodes.Element):
    "What a section contains, below its heading."

def visit_fold(self: SphinxTranslator, node: Fold):
    self.body.append(f'<details class="fold"><summary>{node["label"]}</summary>\n')

def depart_fold(self: SphinxTranslator, node: Fold):
    self.body.append('</details>\n')

class FoldSections(SphinxPostTransform):
    "Folds checks and answers."
    default_priority = 900

    def run(self, **kwargs):
        for section in list(self.document.findall(nodes.section)):
            title = section[0].astext() if len(section) else ''
            if title not in FOLDED or isinstance(section.parent, nodes.document): continue
            fold = Fold(label='Show the answer' if title != 'Checks' else 'Show the checks')
            fold += section.children[1:]
            section.children[1:] = []
            section += fold

CAPTION = '<p class="caption" role="heading"><span class="caption-text">{}</span></p>'
ARROW = '<span class="icon"><svg><use href="#svg-arrow-right"></use></svg></span>'

class Contents:
    """The navigation beside each page, as Furo writes it, from one reading of all tables of contents.
    Furo itself resolves and parses the whole tree again for each page, which took two thirds of the build."""

    def __init__(self, env):
        self.titles, self.lists, self.up = env.titles, {}, {}
        for doc, toc in env.tocs.items():
            self.lists[doc] = [(node.get('caption'), self.pages(node)) for node in toc.findall(toctree)]
            self.up |= {page: doc for _, pages in self.lists[doc] for page, _ in pages}

    def pages(self, node):
        known = [(page, title) for title, page in node['entries'] if page in self.titles]
        return [(page, escape(title or self.titles[page].astext())) for page, title in known]

    def html(self, app, here):
        "The whole tree as the page `here` shows it: the way to it is open."
        way = [here]
        while (above := self.up.get(way[-1])) and above not in way: way.append(above)
        boxes = count(1)
        def rows(doc, level):
            out = []
            for caption, pages in self.lists.get(doc, ()):
                if caption: out.append(CAPTION.format(escape(caption)))
                on = ' class="current"' if any(page in way for page, _ in pages) else ''
                out += [f'<ul{on}>', *(row(page, title, level) for page, title in pages), '</ul>']
            return ''.join(out)
        def row(page, title, level):
            many, on = bool(self.lists.get(page)), page in way
            marks = f'toctree-l{level}' + ' current'*on + ' current-page'*(page == here)
            target = '#' if page == here else app.builder.get_relative_uri(here, page)
            kind = 'current '*(page == here) + 'reference internal'
            link = f'<a class="{kind}" href="{target}">{title}</a>'
            if not many: return f'<li class="{marks}">{link}</li>'
            box = f'id="toctree-checkbox-{(n := next(boxes))}" name="toctree-checkbox-{n}"' + ' checked=""'*on
            name = f'aria-label="Toggle navigation of {title}"'
            switch = f'<input {name} class="toctree-checkbox" {box} role="switch" type="checkbox"/>'
            label = f'<label for="toctree-checkbox-{n}">{ARROW}</label>'
            return f'<li class="{marks} has-children">{link}{switch}{label}{rows(page, level + 1)}</li>'
        return rows(app.config.root_doc, 1)

def without_toctree(app, page, template, context, doctree):
    "Before Furo's handler: nothing to resolve."
    context.pop('toctree', None)

def with_contents(app, page, template, context, doctree):
    if not hasattr(app, 'contents'): app.contents = Contents(app.env)
    context['furo_navigation_tree'] = app.contents.html(app, page)

def setup(app):
    app.connect('html-page-context', without_toctree, priority=100)
    app.connect('html-page-context', with_contents, priority=900)
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_post_transform(FoldSections)
    return dict(parallel_read_safe=True, parallel_write_safe=True)
