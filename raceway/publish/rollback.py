"""Going back to an earlier version: the same atomic switch as publishing, and publishing is held until released.

A night that has bad numbers is taken back at once, and the next one must not bring them again before somebody has
looked. Nights go on landing, building and checking meanwhile; only `publish` ends as held.

    rollback:  the hold is recorded → `current` is switched       release:  written into the hold, one rename
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.who import who_decides
from raceway.history.holds import Hold, open_hold, record_hold, record_release
from raceway.publish.current import check_shown
from raceway.publish.version import Version, alone, published_versions, switch


def rollback(home: Home, name: str | None, why: str, who: str | None = None) -> Hold:
    """Shows readers a kept version (by default the one before the current) and holds publishing; both are recorded.

    Where an earlier call was broken off before its switch, a call without a name makes up for it. Raises PermanentFault
    without a reason, where there is no such version or none is shown, or where readers see it already; PassingFault
    where a publish is at work.
    """
    if not why.strip():
        raise PermanentFault("going back needs its reason: --why, with what is wrong in the version that is taken back")
    home.published.mkdir(parents=True, exist_ok=True)
    with alone(home):
        current = check_shown(home)
        held = open_hold(home)
        if held is not None and name is None and held.version != current.name:
            switch(home, held.version)
            return held
        target = named_version(home, name) if name else _before(published_versions(home), current)
        if target.name == current.name:
            raise PermanentFault(f"{target.name}: readers see it already; nothing was changed")
        now = dt.datetime.now(tz=dt.UTC)
        hold = Hold(target.name, target.as_of, current.name, who_decides(who), why.strip(), now)
        record_hold(home, hold)
        switch(home, target.name)
    return hold


def release(home: Home, why: str, who: str | None = None, version: str | None = None) -> Hold:
    """Lets nights publish again; readers keep the version that they see until the next one does.

    `version` (default: any) must be the one that readers see, where somebody says it. Raises PermanentFault without a
    reason, where publishing is not held, or where readers see another version; PassingFault where a publish is at work.
    """
    if not why.strip():
        raise PermanentFault("a release needs its reason: --why, with what was mended since")
    home.published.mkdir(parents=True, exist_ok=True)
    with alone(home):
        held = open_hold(home)
        if held is None:
            raise PermanentFault("publishing is not held, so there is nothing to release")
        if version is not None and version != held.version:
            raise PermanentFault(f"{version}: publishing is held at {held.version}; nothing was released")
        return record_release(home, who_decides(who), why.strip(), dt.datetime.now(tz=dt.UTC))


def named_version(home: Home, name: str) -> Version:
    """The kept version of this name, the only one whose name begins so, or `current`. Raises PermanentFault."""
    kept = published_versions(home)
    if name == home.current.name:
        return check_shown(home)
    found = [version for version in kept if version.name == name] or [
        version for version in kept if version.name.startswith(name)
    ]
    known = ", ".join(version.name for version in kept) or "none"
    if not found:
        raise PermanentFault(f"{name}: no kept version is called so; there are {known}")
    if len(found) > 1:
        raise PermanentFault(f"{name}: several kept versions begin so; there are {known}")
    return found[0]


def _before(kept: Sequence[Version], current: Version) -> Version:
    earlier = [version for version in kept if version.name < current.name]
    if not earlier:
        raise PermanentFault(
            f"{current.name} is the oldest version that is kept (retention.versions), so there is none to go back to"
        )
    return earlier[-1]
