"The chapter on search; called as a function, it is `coot_nb.api.search`."
import sys, types
from typing import Any

class _Search(types.ModuleType):
    "The package `coot_nb.search`, which has the name of the function that a user expects there."
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from ..api import search
        return search(*args, **kwargs)

sys.modules[__name__].__class__ = _Search
