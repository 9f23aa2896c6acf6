"Sphinx settings of the site: no execution, no network; pages are staged by `.ci/docs.py`."
from docutils import nodes
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

def setup(app):
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_post_transform(FoldSections)
    return dict(parallel_read_safe=True, parallel_write_safe=True)
