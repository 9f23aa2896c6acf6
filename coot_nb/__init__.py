"COOT video-text retrieval and MART captioning, defined by the notebooks in `nbs/`."
__version__ = '0.1.0'
