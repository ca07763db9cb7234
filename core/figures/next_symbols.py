"""A text as a network expected it: under each symbol, how likely it was held to come next."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style

ACROSS = 20  # symbols a line; on a phone a symbol is as wide as its letter then
BUDGET = 240  # symbols
MOST_LOSS = 700  # a larger mean loss has a perplexity that is too large for a number
LINE = 58  # pixels a line
BAR = 0.5  # the height of a bar of 100 %, in lines; above it stands its symbol


def next_symbols(
    symbols: Sequence[object],
    probabilities: style.Numbers,
    guesses: Sequence[object] = (),
    losses: style.Numbers = (),
) -> go.Figure:
    """The text line by line, a bar under each symbol: the probability (0 to 1) it was given.

    It was given before the symbol itself was seen, so these are the targets, and the probabilities
    those of the targets. `guesses`: the likeliest symbols; where they are right, the bar is strong.
    `losses`: each −ln p from the logits, exact where p is 0; taken from the probabilities else.
    """
    fig = style.figure("symbols, line by line", "place in the text", legend=False)
    share = style.finite(probabilities).ravel()
    count = min(len(symbols), len(share))
    drawn = min(count, BUDGET)
    share = np.clip(share[:count], 0, 1)
    lines = -(-drawn // ACROSS)
    x, y = np.arange(drawn) % ACROSS, lines - 1.0 - np.arange(drawn) // ACROSS
    names = [style.symbol(symbols[i]) for i in range(drawn)]
    said = [style.symbol(guesses[i]) if i < len(guesses) else "" for i in range(drawn)]
    right = [guess == name or not guess for guess, name in zip(said, names, strict=True)]
    fig.add_bar(
        **dict(x=x, y=BAR * share[:drawn], base=y, width=0.8),
        marker_line_width=0,
        marker_color=[style.faded(style.ACTIVATION, 1 if hit else 0.45) for hit in right],
        **dict(customdata=100 * share[:drawn], hovertext=_told(names, said)),
        hovertemplate="%{hovertext}: %{customdata:.1f} %<extra></extra>",
    )
    fig.add_scatter(
        **dict(x=x, y=y + BAR + 0.2, text=names, mode="text", hoverinfo="skip"),
        textfont=dict(size=style.TITLE, family="monospace"),
        cliponaxis=False,
    )
    for line in range(lines):
        wide = min(drawn - (lines - 1 - line) * ACROSS, ACROSS)
        for height, color in ((0.0, style.EDGE), (BAR, style.GRID)):
            fig.add_shape(
                **dict(type="line", x0=-0.5, x1=wide - 0.5, y0=line + height, y1=line + height),
                **dict(line=dict(color=color, width=1), layer="below"),
            )
    fig.update_xaxes(range=[-0.6, ACROSS - 0.4], showticklabels=False, ticks="")
    firsts = np.arange(lines)
    fig.update_yaxes(
        **dict(range=[-0.05, max(lines, 1) - 0.05], showgrid=False, ticks=""),
        **dict(tickvals=firsts[::-1] + BAR + 0.2, ticktext=[f"{1 + ACROSS * i:,}" for i in firsts]),
    )
    fig.update_layout(height=max(style.STRIP, 80 + LINE * lines), showlegend=False)
    return style.caption(
        fig,
        "A bar as high as the upper line: the network was sure of this symbol." if drawn else "",
        "Faint: another one was held likelier." if not all(right) else "",
        _unsure(share, style.finite(losses).ravel()),
        f"The first {drawn:,} of {count:,} symbols shown." if drawn < count else "",
        style.not_finite_words(share).replace(" (grey)", ""),
    )


def _told(names: list[str], said: list[str]) -> list[str]:
    """What the pointer tells of each symbol."""
    pairs = zip(names, said, strict=True)
    return [f"{name} (guess: {guess})" if guess else name for name, guess in pairs]


def _unsure(share: np.ndarray, losses: np.ndarray) -> str:
    """The sentence with the perplexity, or nothing where that is not known."""
    if not losses.size:
        with np.errstate(divide="ignore"):
            losses = -np.log(share)
    mean = losses[~np.isnan(losses)].mean() if (~np.isnan(losses)).any() else np.inf
    if mean > MOST_LOSS:
        return ""
    return f"Perplexity {np.exp(mean):.3g}: as unsure as between that many equally likely symbols."
