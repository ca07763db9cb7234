"""Learned vectors in a plane: the two directions along which they differ most."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 300  # symbols
ROOM = 0.08  # of the spread, on each side
TINY = 1e-9


def embedding_plane(
    vectors: np.ndarray,
    symbols: Sequence[object],
    *,
    reference: np.ndarray | None = None,
) -> go.Figure:
    """The vectors (symbols, features) along their first two principal components, as texts.

    `reference`: the vectors of another moment, whose directions are taken instead, so that
    pictures of several moments can be compared.
    """
    fig = style.figure(
        "principal component 1", "principal component 2", height=style.MATRIX, legend=False
    )
    table = _table(vectors)
    known = np.flatnonzero(np.isfinite(table).all(axis=1))
    places, shares = plane(table, None if reference is None else _table(reference))
    kept = known[style.thinned(len(known), BUDGET)]
    names = [style.symbol(symbols[i]) if i < len(symbols) else str(i) for i in kept]
    short = all(len(name) <= 2 for name in names)
    fig.add_scatter(
        **dict(x=places[kept, 0], y=places[kept, 1], text=names),
        mode="text" if short else "markers+text",
        textposition="middle center" if short else _away(places[kept]),
        textfont=dict(size=style.TITLE if short else style.TEXT, color=style.WEIGHT),
        **dict(marker=dict(color=style.WEIGHT, size=5), cliponaxis=False),
        hovertemplate="%{text}: %{x:.3g}, %{y:.3g}<extra></extra>",
    )
    if len(kept) > 1 and np.ptp(places[kept], axis=0).max() > 0:
        fig.update_yaxes(scaleanchor="x")
    fig.update_xaxes(showgrid=True, nticks=6)
    if len(kept):  # room for the texts of the outermost
        low, high = places[kept].min(axis=0), places[kept].max(axis=0)
        room = ROOM * np.maximum(high - low, (high - low).max() / 4) + TINY
        fig.update_xaxes(range=[low[0] - room[0], high[0] + room[0]])
        fig.update_yaxes(range=[low[1] - room[1], high[1] + room[1]])
    lost = len(table) - len(known)
    return style.caption(
        fig,
        f"These two directions tell {100 * shares[0]:.0f} % and {100 * shares[1]:.0f} % of the "
        f"variance of {table.shape[1]:,} features."
        if np.isfinite(shares).all()
        else "",
        style.thinned_words(len(kept), len(known), "symbols"),
        f"{lost:,} of {len(table):,} vectors left out: not all their numbers are finite."
        if lost
        else "",
    )


def plane(
    vectors: np.ndarray, reference: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Places (symbols, 2) along the first two principal components, and their shares of variance.

    Rows that are not finite are NaN. Of each direction the largest entry is positive. The shares
    are NaN where the vectors do not differ.
    """
    basis = vectors if reference is None else reference
    basis = basis[np.isfinite(basis).all(axis=1)]
    places = np.full((len(vectors), 2), np.nan)
    known = np.isfinite(vectors).all(axis=1)
    if not len(basis) or not known.any() or not vectors.shape[1]:
        return places, np.full(2, np.nan)
    unit = max(style.largest(basis), style.largest(vectors[known]))  # no square leaves float64
    middle = (basis / unit).mean(axis=0)
    axes = np.linalg.svd(basis / unit - middle, full_matrices=False)[2][:2]
    axes = axes * np.where(np.take_along_axis(axes, abs(axes).argmax(1)[:, None], 1) < 0, -1, 1)
    moved = vectors[known] / unit - middle
    found = np.zeros((len(moved), 2))
    found[:, : len(axes)] = moved @ axes.T
    total = moved.var(axis=0).sum()
    places[known] = found * unit
    return places, found.var(axis=0) / total if total > 0 else np.full(2, np.nan)


def _away(places: np.ndarray) -> list[str]:
    """Where each text stands: on the side of its point that its nearest neighbour is not on."""
    if len(places) < 2:
        return ["top center"] * len(places)
    apart = places[:, None] / style.largest(places) - places / style.largest(places)
    near = ((apart**2).sum(axis=2) + np.diag(np.full(len(places), np.inf))).argmin(axis=1)
    above = places[:, 1] >= places[near, 1]
    return ["top center" if up else "bottom center" for up in above]


def _table(vectors: np.ndarray) -> np.ndarray:
    table = style.finite(vectors)
    return table.reshape(len(table), -1) if table.size else np.zeros((0, 0))
