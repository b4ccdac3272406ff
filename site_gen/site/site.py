"""The whole site as cells: who is named where, who appears together, what happened when. Pure.

`Site` holds the inputs (settings, entities, what was found in each article, the theme) and answers what
pages ask. Each answer is a cell, small on purpose: a page that shows a count reads a count, and an edit
that leaves the count alone leaves the page alone. Articles reach cells only through groups (`groups`).

In steps, each built on the one before: `holdings` (inputs, and the groups in which articles reach cells), `entities`,
`articles`, `coverage`, `company`, `stories`, `issues`, `editions`, `timeline`.
"""

from __future__ import annotations

from site_gen.site.coverage_timeline import TimelineQueries


class Site(TimelineQueries):
    """A site, ready to be asked."""
