"COOT video-text retrieval and MART captioning, defined by the notebooks in `nbs/`."
__version__ = '0.1.0'

_names = dict(
    RetrievalConfig='config', find_config='config', Ragged='ragged', Meta='data.annotations', make_demo='data.demo',
    RetrievalDataset='data.dataset', make_loader='data.dataset', Coot='model.coot', train='training.retrieval',
    validate='training.retrieval', open_search='training.retrieval', Embeddings='retrieval.embeddings',
    SearchIndex='retrieval.search', VideoIndex='retrieval.video_index',
    index_videos='training.video_search', open_index='training.video_search',
    RetrievalExplorer='views.explorer', Experiment='training.experiment', results_table='training.results')
__all__ = list(_names)  # pyright: ignore

def __getattr__(name: str):
    "Imports a public name when it is first used, so that `import coot_nb` costs nothing."
    if name not in _names: raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from importlib import import_module
    return getattr(import_module(f'{__name__}.{_names[name]}'), name)

def __dir__() -> list[str]: return sorted([*globals(), *_names])
