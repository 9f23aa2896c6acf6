"Hand the package's metadata, kept in settings.ini, to setuptools."
from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

root = Path(__file__).parent
ini = ConfigParser()
ini.read_string((root/'settings.ini').read_text(encoding='utf-8'))
cfg = ini['DEFAULT']
lib = cfg['lib_name']
extras = {k.removesuffix('_requirements'): v.split() for k, v in cfg.items() if k.endswith('_requirements')}

setup(
    description=cfg['description'],
    long_description=(root/'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    author=cfg['author'],
    author_email=cfg['author_email'],
    license_expression=cfg['license'],
    keywords=cfg['keywords'].split(),
    # the experiments of config/ travel inside the package, so that an installed `coot` knows them
    packages=[*find_packages(include=[lib, f'{lib}.*']), f'{lib}._experiments'],
    package_dir={f'{lib}._experiments': 'config'},
    package_data={f'{lib}._experiments': ['**/*.yaml', '**/*.json'], f'{lib}.views': ['static/*']},
    install_requires=cfg['requirements'].split(),
    extras_require=extras,
    entry_points=dict(console_scripts=cfg['console_scripts'].strip().splitlines(),
                      nbdev=[f'{lib} = {lib}._modidx:d']))
