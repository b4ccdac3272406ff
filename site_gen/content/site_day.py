"""Today's date where a site is made: the one place that asks the clock for a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from site_gen.content import loader
from site_gen.core.errors import SiteError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def today(site: Path) -> dt.date:
    """Return today in the site's time zone (`timezone` in `site.yaml`); without one, or a site, in this machine's."""
    try:
        loader.require_site(site)
        zone = loader.load_config(site, []).timezone
    except (SiteError, UsageError):  # whoever works on the site tells what is wrong with it
        zone = ""
    return (dt.datetime.now(ZoneInfo(zone)) if zone else dt.datetime.now().astimezone()).date()
