"""Plan one history with Google Meridian: `meridian_plan.py HISTORY.csv BUDGET` prints `{channel: amount}`.

Run by the Python that it is installed in. A national model with its own priors and a knot a quarter; its optimizer may
move each channel between nothing and twice its share.
"""

import importlib
import json
import sys
import warnings

warnings.filterwarnings("ignore")
CHAINS, ADAPT, BURN_IN, KEEP = 2, 500, 200, 300
WEEKS_A_KNOT = 13


def main(path: str, budget: float) -> None:
    pandas = importlib.import_module("pandas")
    builders = importlib.import_module("meridian.data.data_frame_input_data_builder")
    model = importlib.import_module("meridian.model.model")
    spec = importlib.import_module("meridian.model.spec")
    optimizer = importlib.import_module("meridian.analysis.optimizer")

    rows = pandas.read_csv(path)
    total = rows[rows.channel == "(total)"].groupby("date").revenue.sum()
    own = rows[rows.channel != "(total)"]
    spend = own.pivot_table(index="date", columns="channel", values="spend", aggfunc="sum").fillna(0.0)
    sales = total if len(total) else own.groupby("date").revenue.sum()
    steady = spend.loc[:, spend.nunique() == 1].iloc[0].to_dict()  # it refuses channels that never vary: they stay
    channels = [name for name in spend.columns if name not in steady]
    free = budget - sum(steady.values())
    table = spend.reset_index().rename(columns={"date": "time"})
    table["kpi"] = sales.reindex(spend.index).to_numpy()
    data = (
        builders.DataFrameInputDataBuilder(kpi_type="revenue")
        .with_kpi(table)
        .with_media(table, media_cols=channels, media_spend_cols=channels, media_channels=channels)
        .build()
    )
    fitted = model.Meridian(data, spec.ModelSpec(knots=max(len(table) // WEEKS_A_KNOT, 1)))
    fitted.sample_posterior(CHAINS, ADAPT, BURN_IN, KEEP, seed=1)
    best = optimizer.BudgetOptimizer(fitted).optimize(
        budget=free * len(table), spend_constraint_lower=1.0, spend_constraint_upper=1.0
    )
    found = best.optimized_data.spend
    amounts = steady | {str(name): float(found.sel(channel=name)) / len(table) for name in channels}
    sys.stdout.write(json.dumps(amounts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
