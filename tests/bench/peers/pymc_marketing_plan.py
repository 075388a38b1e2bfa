"""Plan one history with PyMC-Marketing: `pymc_marketing_plan.py HISTORY.csv BUDGET` prints `{channel: amount}`.

Run by the Python that it is installed in. Its own defaults: geometric echo, logistic saturation, yearly season, and
its own optimizer for one coming period.
"""

import importlib
import json
import sys
import warnings

warnings.filterwarnings("ignore")


def main(path: str, budget: float) -> None:
    pandas = importlib.import_module("pandas")
    mmm = importlib.import_module("pymc_marketing.mmm")
    rows = pandas.read_csv(path)
    total = rows[rows.channel == "(total)"].groupby("date").revenue.sum()
    own = rows[rows.channel != "(total)"]
    spend = own.pivot_table(index="date", columns="channel", values="spend", aggfunc="sum").fillna(0.0)
    sales = total if len(total) else own.groupby("date").revenue.sum()
    channels = list(spend.columns)
    table = spend.reset_index()
    table["date"] = pandas.to_datetime(table["date"])
    model = mmm.MMM(
        date_column="date",
        channel_columns=channels,
        adstock=mmm.GeometricAdstock(l_max=8),
        saturation=mmm.LogisticSaturation(),
        yearly_seasonality=2,
    )
    answer = pandas.Series(sales.reindex(spend.index).to_numpy(), name="y")
    model.fit(
        table, answer, draws=500, tune=500, chains=2, cores=2, nuts_sampler="nutpie", random_seed=1, progressbar=False
    )
    best, _ = model.optimize_budget(budget=budget, num_periods=1)
    amounts = {str(name): float(best.sel(channel=name)) for name in channels}
    sys.stdout.write(json.dumps(amounts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
