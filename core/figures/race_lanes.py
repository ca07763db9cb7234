"""How far a race is: a lane for each of its contestants."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.contestants import color, folded

BUDGET = 40  # lanes
WIDTH = 22  # letters a line of a name


def race_lanes(
    names: Sequence[object],
    done: style.Numbers,
    of: style.Numbers,
    *,
    going: style.Numbers | None = None,
    failed: style.Numbers | None = None,
    things: str = "runs",
) -> go.Figure:
    """A lane a name, from 0 to 100 % of its runs: solid those that ended, pale what is under way.

    `done` of `of` runs ended, `failed` of them without a score. `going`: how much is done of those
    that train, in runs: two that are half done are 1. What is not finite has no lane.
    """
    keep = style.thinned(len(names), BUDGET)
    count, whole, way, lost = (
        _numbers(side, len(names))[keep] for side in (done, of, going, failed)
    )
    share = 100 * np.divide(count, whole, out=np.full(len(keep), np.nan), where=whole > 0)
    share = np.clip(share, 0, 100)
    more = np.divide(100 * way, whole, out=np.zeros(len(keep)), where=(way > 0) & (whole > 0))
    more = np.minimum(more, 100 - share)
    lanes = [
        "<br>".join([folded(names[n], WIDTH), *_words(count[i], whole[i], lost[i], things)])
        for i, n in enumerate(keep)
    ]
    rows = sum(lane.count("<br>") + 2 for lane in lanes)
    height = max(style.STRIP, style.AXIS_ROOM + style.PLAIN_ROOM + style.LINE * rows)
    fig = style.figure("done (%)", "contestant", height=height, legend=False, barmode="stack")
    colors = [color(int(n)) for n in keep]
    pale = [style.faded(shade, 0.4) for shade in colors]
    for name, x, shades in (("ended", share, colors), ("under way", more, pale)):
        fig.add_bar(
            **dict(name=name, orientation="h", x=x, y=lanes, width=0.6, marker_color=shades),
            hovertemplate=f"%{{x:.0f}} % {name}<extra></extra>",
        )
    fig.update_xaxes(range=[0, 100], tickvals=[0, 25, 50, 75, 100], showgrid=True)
    fig.update_yaxes(type="category", autorange="reversed", showgrid=False, dtick=1, nticks=0)
    words = "Solid: ended. Pale: under way." if np.any(more > 0) else ""
    return style.caption(fig, words, style.thinned_words(len(keep), len(names), "contestants"))


def _numbers(given: style.Numbers | None, count: int) -> np.ndarray:
    """A number a lane; NaN where there is none."""
    known = style.finite(given).ravel()[:count]
    return np.append(known, np.full(count - len(known), np.nan))


def _words(done: float, of: float, failed: float, things: str) -> list[str]:
    if not (np.isfinite(done) and of > 0):
        return []
    lost = f", {failed:,.0f} failed" if failed > 0 else ""
    return [f"{done:,.0f} of {of:,.0f} {style.plain(things)}{lost}"]
