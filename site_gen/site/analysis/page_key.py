"""Key of a web page, equal for its addresses with tracking parameters, as AMP, on the host for telephones. Pure.

`add` cleans an article's source when it comes in (`ingest.extract.source_url`). This key is for addresses that a person
wrote, and for copies that outlets serve under several addresses.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from site_gen.core.urls import canonical_host, without_amp

_AMP = re.compile(r"^/amp(?=/)")  # for comparison only: the page itself may stand elsewhere
# Parameters that say how a reader came, not what is read.
_TRACKING = re.compile(
    r"(?:utm_|mc_|hsa_|pk_|ns_|at_|amp).*|outputtype|usqp|[a-z]{1,4}clid|igshid|yclid|_ga|_gl|cmpid?|smid|sref|ref(?:_src)?",
    re.IGNORECASE,
)


def page_key(address: str) -> str:
    """Return a text that is equal for all addresses of one page; it is no address itself.

    It is host and path without what only says how the page was fetched. Empty for what is no web address, and for a
    site's front page, whose content is another every day.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    path = _AMP.sub("", without_amp(parts.path)).rstrip("/")
    query = sorted((key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(key))
    if parts.scheme not in {"http", "https"} or not (path or query):
        return ""
    return f"{canonical_host(host)}{path}{'?' if query else ''}{urlencode(query)}"
