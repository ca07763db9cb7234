"""The form of a run's settings, drawn from their fields: no architecture has a form of its own."""

from typing import Any, Literal, get_args, get_origin

import annotated_types
import streamlit as st
from pydantic.fields import FieldInfo

from core.activations import ACTIVATIONS
from core.architectures import ARCHITECTURES
from core.data import DATASETS, Dataset
from core.data.dataset import LONGEST
from core.saved_stacks import OWN_NETWORK, fitting_stacks, labels_of
from core.settings import OPTIMIZERS, Settings, settings_from
from core.tasks import fitting, suited
from core.unfit import Unfit
from pages.shared.visit import labels, own_data

TITLES = {name: activation.title for name, activation in ACTIVATIONS.items()}
TITLES |= {"torch": "PyTorch's own", "kaiming": "Kaiming (He)", "xavier": "Xavier (Glorot)"}
TITLES |= {"small": "Too small (0.001)", "large": "Too large (1)"}
TITLES |= {"constant": "Constant", "cosine": "Falls to zero (cosine)"}
KEPT: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}


def choose_settings() -> Settings | Unfit:
    """Let a person choose all that defines a run; the fault that says why where it does not fit."""
    with st.container(key="settings"):
        first, second, third, fourth = st.columns(4)
        with first:
            given, dataset = choose_dataset()
            if dataset.of_length:
                given["length"] = _choose_length(dataset)
                dataset = dataset.at_length(given["length"] or dataset.shape[0])
            st.caption(dataset.description)
            share = st.slider(
                "Training data used",
                *(1, 100, 100),
                format="%d %%",
                key="share",
                help=Settings.model_fields["share"].description,
                **KEPT,
            )
        with second:
            by_hand = fitting_stacks(given)
            titles = {name: ARCHITECTURES[name].title for name in fitting(dataset)}
            name = pick("Architecture", titles | labels_of(by_hand), "architecture")
            if name in by_hand:
                st.caption("Put together on the Builder page, and saved there.")
                given |= {"architecture": OWN_NETWORK, "bricks": by_hand[name].bricks}
            else:
                st.caption(ARCHITECTURES[name].sentence)
                options = {
                    field: field_input(field, info, name)
                    for field, info in ARCHITECTURES[name].model_fields.items()
                }
                given |= {"architecture": name, "options": options}
        with third:
            optimizer = pick("Optimizer", OPTIMIZERS, "optimizer")
            learning_rate = _suited("learning_rate", name, dataset)
            schedule = _suited("schedule", name, dataset)
            batch_size = field_input("batch_size", Settings.model_fields["batch_size"])
        with fourth:
            epochs = _suited("epochs", name, dataset)
            seed = field_input("seed", Settings.model_fields["seed"])
            start = field_input("initialisation", Settings.model_fields["initialisation"])
    given |= {"share": share / 100, "optimizer": optimizer}
    given |= {"learning_rate": learning_rate, "batch_size": batch_size}
    given |= {"schedule": schedule, "initialisation": start}
    try:
        return settings_from({**given, "epochs": epochs, "seed": seed})
    except Unfit as fault:
        return fault


def choose_dataset() -> tuple[dict[str, Any], Dataset]:
    """Let a person choose a data set, the project's or a brought one; first as settings say it."""
    data = pick("Data set", dataset_titles(), "data")
    own = own_data().get(data)
    return {"data": "own" if own else data, "own": own}, own.dataset if own else DATASETS[data]


def _choose_length(dataset: Dataset) -> int | None:
    """Let a person choose how many steps an input has; None: as many as the data set says."""
    field, usual = Settings.model_fields["length"], dataset.shape[0]
    length = st.number_input(
        *(str(field.title), dataset.shortest, LONGEST, usual, 1),
        key=f"{dataset.name}_length",
        help=field.description,
        **KEPT,
    )
    return None if length == usual else length


def dataset_titles() -> dict[str, str]:
    """What the menu calls each data set, by its name or, of a brought one, its id."""
    return {name: known.title for name, known in DATASETS.items()} | labels(own_data())


def described(settings: Settings) -> str:
    """What a press on Train would train, in a line."""
    layers = " → ".join(layer.name for layer in settings.drawn_layers)
    learned = sum(layer.parameters for layer in settings.layers)
    return (
        f"Trains **{settings.title}**: {layers}; {learned:,} learned numbers, "
        f"{settings.images:,} inputs, {settings.epochs} × {settings.steps_per_epoch:,} steps."
    )


def _suited(name: str, architecture: str, dataset: Dataset) -> Any:
    """An input whose default suits; who has a wish of its own has its own input."""
    field = Settings.model_fields[name]
    suits = suited(ARCHITECTURES.get(architecture), dataset)[name]
    if suits == field.default:
        return field_input(name, field)
    whose = dataset.name if getattr(dataset, name, None) == suits else architecture
    return field_input(name, field, whose, suits)


def field_input(name: str, field: FieldInfo, family: str = "", default: Any = None) -> Any:
    """One input for a field: what it is follows from the field's type and bounds."""
    key = f"{family}_{name}" if family else name
    default = field.default if default is None else default
    title = field.title or name.replace("_", " ").capitalize()
    help_text, low, high = field.description, *bounds(field)
    if get_origin(field.annotation) is Literal:
        words = [str(word) for word in get_args(field.annotation)]
        return pick(
            title, {word: TITLES.get(word, word) for word in words}, key, default, help_text
        )
    if field.annotation is bool:
        return st.toggle(title, value=default, key=key, help=help_text, **KEPT)
    if field.annotation is int:
        return st.number_input(
            title, int(low), int(high), default, 1, key=key, help=help_text, **KEPT
        )
    return st.number_input(
        title,
        float(low),
        float(min(high, 1000.0)),
        float(default),
        step=0.1 if high <= 1 else float(default) / 2,
        format="%.5g",
        key=key,
        help=help_text,
        **KEPT,
    )


def pick(
    title: str,
    titles: dict[str, str],
    key: str,
    default: str | None = None,
    help_text: str | None = None,
) -> str:
    """One of several by a menu; it is in the link, and stays over pages."""
    names = list(titles)
    return st.selectbox(
        title,
        names,
        names.index(default) if default in names else 0,
        format_func=lambda name: titles.get(name, name),
        key=key,
        help=help_text,
        **KEPT,
    )


def bounds(field: FieldInfo) -> tuple[float, float]:
    """The least and the largest number that a field takes."""
    low, high = 0.0, 1e12
    for rule in field.metadata:
        match rule:
            case annotated_types.Ge(ge=bound):
                low = bound  # type: ignore[assignment]
            case annotated_types.Gt(gt=bound):
                low = bound + 1e-6  # type: ignore[operator]
            case annotated_types.Le(le=bound):
                high = bound  # type: ignore[assignment]
            case annotated_types.Lt(lt=bound):
                high = bound - 1e-6  # type: ignore[operator]
    return low, high
