"COOT video-text retrieval and MART captioning, defined by the notebooks in `nbs/`."
__version__ = '0.2.0'

_names = dict(
    train='api', load_run='api', load_config='api', evaluate='api', search='api', caption='captioning.films',
    Coot='api', Embeddings='api', CootError='config', RetrievalConfig='config', CaptionConfig='captioning.config',
    find_config='config', Experiment='training.experiment', validate='training.retrieval',
    results_table='training.results', Protocol='retrieval.evaluation', make_demo='data.demo',
    import_dataset='data.readers', Meta='data.annotations', RetrievalDataset='data.dataset',
    make_loader='data.dataset', Ragged='ragged', index_videos='search.open', open_search='search.open',
    SearchIndex='search.index', RetrievalExplorer='views.widget')
__all__ = list(_names)  # pyright: ignore

def __getattr__(name: str):
    "Imports a public name when it is first used, so that `import coot_nb` costs nothing."
    from importlib import import_module
    if name in _names:
        from .arguments import checked_name
        return checked_name(getattr(import_module(f'{__name__}.{_names[name]}'), name))
    from difflib import get_close_matches
    near = get_close_matches(name, _names, 1)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}'
        + (f' (did you mean {near[0]!r}?)' if near else ''))

def __dir__() -> list[str]: return sorted([*globals(), *_names])
