"""One night in a process of its own.

    python -m bench.performance.one_night HOME AS_OF

The last line printed is JSON: how it ended, the seconds of its parts, and those of each model.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

from raceway.common.home import Home
from raceway.night.run import run_night


def main(home: Home, as_of: dt.date) -> dict[str, object]:
    """Runs it; the figures."""
    night = run_night(home, as_of)
    models = {}
    for file in (home.run(night.run_id) / "dbt").glob("*.json"):
        models |= {model["name"]: model["seconds"] for model in json.loads(file.read_bytes())["models"]}
    return {"status": night.status, "seconds": night.seconds, "models": models}


if __name__ == "__main__":
    print(json.dumps(main(Home(Path(sys.argv[1])), dt.date.fromisoformat(sys.argv[2]))))
