"""Your data: bring a table or pictures, see what becomes of them, train on them."""

import streamlit as st

from core.data import DataError
from core.data.own import kept
from core.data.own.description import OwnData
from core.data.own.examples import example_pictures, example_table
from core.data.own.prepared import Prepared
from pages.shared.bringing import prepared_from
from pages.shared.plain import plain
from pages.shared.presenting import carried
from pages.shared.visit import forget, keep, labels, own_data, take_in


def train_on(own: OwnData) -> None:
    """Open the form with this data set chosen; the id lets a reloaded page find it."""
    query = {"data": labels(own_data())[own.id], "own": own.id}
    st.switch_page("train.py", query_params={**query, **carried()})


def what_to_bring() -> None:
    """What is asked for, and an example of each."""
    st.markdown(
        "Bring a **table** (a CSV file with a row of names: one column is predicted from the "
        "others) or **pictures** (a zip with one folder a class). It becomes a data set like every "
        "other: every architecture that fits it can be trained on it."
    )
    with st.container(horizontal=True):
        st.download_button(
            "A table to try", example_table, "flowers.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            "Pictures to try", example_pictures, "shapes.zip", "application/zip", on_click="ignore"
        )


def use(prepared: Prepared) -> None:
    """Say what was done, and offer to train on it or to keep it."""
    told = [prepared.own.dataset.description, *map(plain, prepared.said)]
    st.caption("  \n".join(told))
    for warning in prepared.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    with st.container(horizontal=True):
        if st.button("Train on it", type="primary", icon=":material/play_arrow:"):
            train_on(take_in(prepared))
        if st.button("Keep this data", icon=":material/save:"):
            keep(take_in(prepared).id)


given = st.file_uploader(
    "A CSV file, or a zip of pictures", ["csv", "tsv", "txt", "data", "zip"], max_upload_size=100
)
if given is None:
    what_to_bring()
else:
    try:
        use(prepared_from(given))
    except DataError as fault:
        st.error(plain(str(fault)), icon=":material/table_view:")
listed = own_data()
if listed:
    st.subheader("Data sets that were brought", anchor=False)
for data_id, label in labels(listed).items():
    whole = kept.is_kept(data_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(label)}** · {'kept' if whole else 'until you leave'}")
        if st.button("Train", key=f"train-{data_id}", icon=":material/play_arrow:"):
            train_on(listed[data_id])
        if not whole:
            st.button("Keep", key=f"keep-{data_id}", on_click=keep, args=(data_id,))
        with st.popover("Delete", icon=":material/delete:"):
            st.write(f"Delete “{plain(label)}” for good? Runs trained on it stay.")
            st.button("Delete it", key=f"delete-{data_id}", on_click=forget, args=(data_id,))
st.caption(
    "What you bring stays on this server until you leave, unless you keep it; everyone who uses "
    "this server sees what is kept, and the runs. Brought data takes "
    f"{kept.taken() / 1e6:,.0f} MB of {kept.BUDGET // 10**6:,} MB."
)
