"""statsforecast on the origins of the back-test, in an environment of its own (it needs pandas 2).

    python3.11 -m venv rival && rival/bin/pip install statsforecast
    python -m bench.forecast --every 9 --origins origins.json
    rival/bin/python bench/forecast_rival.py origins.json rival.json
    python -m bench.forecast --every 9 --rival rival.json

AutoETS with a season of a week on at most the last 400 days; the interval is that of the sums of 400 simulated paths.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

import numpy as np


def main() -> None:
    """Reads origins, writes place → expected, low, high of each method."""
    # by name: they are no requirements of the project
    pd, rival, models = import_module("pandas"), import_module("statsforecast"), import_module("statsforecast.models")
    told = {}
    for origin in json.loads(Path(sys.argv[1]).read_text()):
        values = origin["values"][-400:]
        days = pd.date_range("2020-01-01", periods=len(values))
        frame = pd.DataFrame({"unique_id": "a", "ds": days, "y": values})
        forecaster = rival.StatsForecast(models=[models.AutoETS(season_length=7)], freq="D")
        try:
            paths = forecaster.simulate(origin["days"], frame, n_paths=400, seed=1)
            sums = paths.groupby("sample_id")["AutoETS"].sum().to_numpy()
        except Exception as fault:  # a series that it cannot fit is left out, and said so
            print(origin["place"], fault, file=sys.stderr)
            continue
        low, high = np.quantile(sums, [0.1, 0.9])
        told[origin["place"]] = [float(sums.mean()), float(low), float(high)]
    Path(sys.argv[2]).write_text(json.dumps({"AutoETS": told}))


if __name__ == "__main__":
    main()
