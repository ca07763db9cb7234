"""Comparisons: networks that were trained alike, and how each of them fared."""

import pandas as pd
import streamlit as st

from core.comparisons import MEMORY, SKIPS, Misread, read
from core.data import DATASETS
from core.figures.score_curves import score_curves
from core.tasks import words_of
from pages.shared.chart import still_chart
from pages.shared.choose import choose
from pages.shared.compared import alike, by_name, fared
from pages.shared.plain import plain

FILES = {"Memory": MEMORY, "Skip connections": SKIPS}
GOOD = 0.9

with st.container(horizontal=True):
    file = FILES[choose("Comparison", list(FILES), "comparison")]
    try:
        comparison = read(file)
    except Misread as fault:
        st.error(f"{plain(str(fault))}. Put back a whole copy.", icon=":material/broken_image:")
        st.stop()
    titles = {
        one.data: DATASETS[one.data].title if one.data in DATASETS else plain(one.data)
        for one in comparison.networks
    }
    data = next(iter(titles))
    if len(titles) > 1:
        data = choose("Task", list(titles), "task", titles.__getitem__)
    lengths = sorted({one.length for one in comparison.networks if one.data == data})
    length = choose("Sequence length", lengths, "length") if len(lengths) > 1 else lengths[0]

networks = by_name(comparison, data, length)
words = words_of(DATASETS[data].task, comparison.settings) if data in DATASETS else None
score = words.score if words else "score"
st.subheader(plain(comparison.title), anchor=False)
steps = f", sequences of {length:,} steps" if length else ""
st.write(f"{titles[data]}{steps}: {fared(comparison, networks, score)}")
scores = {name: {one.seed: one.scores for one in ones} for name, ones in networks.items()}
still_chart(score_curves(comparison.steps, scores, quantity=score), "scores")

last, good = f"Last {score}", f"{GOOD:.0%} at step"
rows = [
    {
        "Network": name,
        "Weights": one.weights,
        "Seed": one.seed,
        "Trained to step": comparison.steps[len(one.scores) - 1],
        last: 100 * one.score,
        good: comparison.steps_to(GOOD, one),
    }
    for name, ones in networks.items()
    for one in ones
]
st.dataframe(
    pd.DataFrame(rows).astype({good: "Int64"}),
    hide_index=True,
    height="content",
    placeholder="–",
    column_config={last: st.column_config.NumberColumn(format="%.2f %%")},
)
if words:
    st.caption(f"{score[0].upper()}{score[1:]}: {words.meaning} Measured on the test inputs.")
st.caption(alike(comparison, networks))
