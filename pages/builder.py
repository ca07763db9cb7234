"""Builder: a network put together layer by layer, told what fits, trained and saved."""

from functools import partial

import streamlit as st

from core import export, stacks
from core.architectures import ARCHITECTURES
from core.engine import Full, engine
from core.saved_stacks import OWN_NETWORK
from core.settings import Settings, settings_from
from core.structure import diagram
from core.tasks import fitting, suited, work_of
from core.unfit import Unfit
from pages.shared.building import draw_stack, keep_stack, stack_in_link
from pages.shared.chart import draw_diagram
from pages.shared.choose import open_run, opened_just_now
from pages.shared.form import choose_dataset, dataset_titles, pick
from pages.shared.plain import plain
from pages.shared.presenting import carried
from pages.shared.saved import draw_saved, keep_saved

st.write(
    "Put a network together: add, set, move and take away its layers. The address holds it, so "
    "a link to it is the network, and the browser's Back undoes a step."
)
left, middle, right = st.columns(3, vertical_alignment="bottom")
with left:
    given, dataset = choose_dataset()
with middle:
    named = {name: ARCHITECTURES[name].title for name in fitting(dataset)}
    first = pick("Begin with", named, "begin")
work = work_of(dataset)
begun = [brick.model_dump(mode="json") for brick in ARCHITECTURES[first]().bricks(work)]
with right:
    st.button("Begin anew", icon=":material/restart_alt:", on_click=keep_stack, args=(begun,))
stack = stack_in_link(lambda: begun)

settings: Settings | None = None
try:
    if not stack:
        raise Unfit("There is no layer yet: add the first one below, or begin anew.")
    given |= {"architecture": OWN_NETWORK, "bricks": stack, **suited(None, dataset)}
    settings = settings_from(given)
except Unfit as fault:
    st.error(plain(str(fault)), icon=":material/rule:")
layers = settings.layers if settings else stacks.layers_of(stack, work.shape, work.symbols)
if layers:
    draw_diagram(diagram(layers, work.shape), "The layers so far, from the input on.")
if settings:
    learned = sum(layer.parameters for layer in layers)
    adds = sum(layer.multiply_adds for layer in layers)
    st.caption(f"{learned:,} learned numbers, {adds:,} multiply-adds an input.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    name = st.text_input("Name", max_chars=80, placeholder="My network", width=260)
    pressed = st.button(
        "Train it", type="primary", icon=":material/play_arrow:", disabled=settings is None
    )
    keep = st.button("Save", icon=":material/bookmark_add:")
    if settings:
        st.download_button(
            "Network as code",
            partial(export.code, settings),
            "network.py",
            "text/x-python",
            icon=":material/code:",
            on_click="ignore",
        )
if pressed and settings and not opened_just_now():
    try:
        run = engine().train(settings, name)
        open_run(run.id)
        st.switch_page("train.py", query_params={"run": run.id, **carried()})
    except Full as fault:
        st.error(plain(str(fault)), icon=":material/hard_drive:")
if keep:
    keep_saved(stack, name, given["own"].id if given["own"] else given["data"])
draw_saved(dataset_titles())
draw_stack(stack, layers, work.shape)
