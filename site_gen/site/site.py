"""The whole site as a graph of small queries: who is named where, who appears together, what happened when. Pure.

`Site` holds the inputs (settings, entities, indexed articles, the theme) and answers what pages ask. Each answer is a
cell (`core.depgraph`), small on purpose: a page that shows a count reads a count, and an edit that leaves the count
alone leaves the page alone. Articles reach cells only through groups (`projections`).

The queries are classes in a line, each built on the one before: `site_inputs` (inputs, and the groups in which articles
reach cells), `entity_directory`, `articles`, `coverage`, `co_occurrence`, `entity_trends`, `stories`, `issues`,
`frozen_issues`, `coverage_timeline`.
"""

from __future__ import annotations

from site_gen.site.coverage_timeline import TimelineQueries


class Site(TimelineQueries):
    """A site, with all queries on it."""
