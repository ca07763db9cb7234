"""One training step: a batch walked forward and back through a run's network, in its numbers."""

import streamlit as st

from core.commands import Command
from core.engine import engine
from pages.shared.asking import WATCHED, NoAnswer
from pages.shared.choose import choose_run, number_chosen
from pages.shared.followed import draw_followed, is_followed
from pages.shared.fresh import keep_fresh
from pages.shared.stages import (
    choose_exact,
    draw_backward,
    draw_batch,
    draw_forward,
    draw_loss,
    draw_update,
    walked,
)
from pages.shared.steering import tell

run, summary = choose_run()
steps = keep_fresh(run, summary)
settings = run.settings()
if settings.watched:
    st.info(WATCHED, icon=":material/info:")
    st.stop()
if is_followed():
    draw_followed(run, settings, steps)
    st.stop()
st.write(
    "What happens in one step of training: a batch goes forward through the layers, the loss says "
    "how wrong the answer is, the gradient goes back, and every weight is changed a little."
)
if summary.state == "running" and run.id in engine().jobs:
    st.button(
        "Pause the run here",
        icon=":material/pause:",
        help="Its exact state is then kept, and the next step can be walked.",
        on_click=tell,
        args=(run.id, Command("pause")),
    )
with st.container(horizontal=True, gap="large"):
    step = choose_exact(run, settings)
    example = number_chosen("Example", "example", settings.batch_size - 1)
try:
    walk = walked(run.id, step, example, run)
except NoAnswer as fault:
    st.warning(str(fault), icon=":material/hourglass_empty:")
    st.stop()

draw_batch(settings, walk)
draw_forward(run, settings, walk)
draw_loss(settings, walk)
draw_backward(settings, walk)
draw_update(settings, walk)
