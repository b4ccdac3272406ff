"""Read what saved pages say, each in a process of its own that is killed when it takes too long."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from site_gen.core.errors import RefusedError
from site_gen.ingest import reextract, sandbox
from site_gen.ingest.extract.evidence import Evidence, gather_evidence

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from site_gen.content.records import Article

_CACHE_SIZE = 32  # pages: those that are answered at once, and the next


class SavedPageReader:
    """Reads saved pages ahead of the person: the next one while this one is looked at."""

    def __init__(self, site: Path, seconds: float = sandbox.SECONDS) -> None:
        """Start the process that reads; seconds: after which a page is given up."""
        self._site, self._seconds = site, seconds
        self._executor = sandbox.SandboxExecutor(1, seconds)
        self._lock = threading.Lock()
        self._futures: dict[str, Future[Evidence | str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown()

    def begin(self, article: Article) -> Future[Evidence | str] | None:
        """Begin to read an article's saved page, unless that has begun; return None where it has none."""
        if article.saved is None or not article.saved.file:
            return None
        with self._lock:
            if article.file not in self._futures:
                while len(self._futures) >= _CACHE_SIZE:
                    self._futures.pop(next(iter(self._futures)))
                self._futures[article.file] = self._executor.submit(_evidence, self._site, article)
            return self._futures[article.file]

    def get(self, article: Article) -> Evidence | str:
        """Wait for what an article's saved page says, and return it; a sentence that says why where that fails."""
        future = self.begin(article)
        if future is None:
            return "This article was not made of a saved page."
        return sandbox.result_of(future, lambda reason: f"The saved page cannot be shown: {reason}.", self._seconds)


def _evidence(site: Path, article: Article) -> Evidence | str:
    try:
        return gather_evidence(reextract.load_saved_page(site, article))
    except RefusedError as error:
        return f"The saved page cannot be shown: {error}."
    except Exception as error:  # a mistake of ours that one page meets must not stop the review
        return f"The saved page cannot be shown ({type(error).__name__}: {error})."
