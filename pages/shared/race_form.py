"""The form of a race: who takes part in what, within which budget, and what that will cost."""

from collections.abc import Callable
from typing import Any, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from core.architectures import ARCHITECTURES
from core.data import Dataset
from core.engine import engine
from core.races.plan import SIZE, Cell, Contestant, Plan, plan_from
from core.races.pricing import Pace, Price, estimate, measured_as, pace, samples
from core.saved_stacks import OWN_NETWORK, fitting_stacks, labels_of
from core.settings import Settings, settings_from
from core.tasks import fitting
from core.unfit import Unfit
from core.workers import Unreachable
from pages.shared.asking import NoAnswer
from pages.shared.choose import choose
from pages.shared.form import KEPT, TITLES, choose_dataset, pick
from pages.shared.plain import plain

SIZES = (100, 300, 1000, 3000, 10_000, 30_000)
FIRST = {"image": ("mlp", "lenet"), "sequence": ("rnn", "lstm", "gru"), "symbols": ("rnn", "gru")}
"""Who is proposed, by the kind of data."""
ONE_SETTING = ("optimizer", "learning_rate", "schedule", "initialisation", "batch_size")
VARIED = {SIZE: "Training-set size", "learning_rate": "Learning rate", "batch_size": "Batch size"}
WHO = ("Architectures", "One architecture, one setting")
STEPS = {"learning_rate": (0.1, 0.3, 1, 3, 10), "batch_size": (0.25, 1, 4)}
"""Values that are proposed, as multiples of the usual one."""


def choose_plan() -> Plan | Unfit:
    """Let a person plan a race; the fault that says why where it does not fit together."""
    left, middle, right = st.columns(3, gap="large")
    with left:
        given, dataset = choose_dataset()
        who = choose("Who races", WHO, "who")
    with middle:
        taking_part = _architectures if who == WHO[0] else _one_setting
        contestants = taking_part(given, dataset)
    with right:
        varied = pick("What is varied", _varied(contestants), "varied")
        values = _sizes(dataset) if varied == SIZE else _numbers(varied, contestants)
        seeds = st.number_input(
            "Seeds",
            *(1, 20, 5),
            key="seeds",
            help="How often each is trained, from another random start and with other data. From "
            "five on a difference can be told from chance.",
            **KEPT,
        )
        budget = choose("Budget of a run", ("Seconds", "Epochs"), "budget")
        limit = st.number_input(
            budget, *((1, 1000, 5) if budget == "Epochs" else (1, 3600, 5)), key=budget, **KEPT
        )
    budgets = {"epochs": None, "seconds": None, budget.lower(): limit}
    name = f"{' against '.join(one['name'] for one in contestants)} on {dataset.title}"
    plan = {"name": name[:80], "contestants": contestants, "varied": varied, "values": values}
    if not contestants:
        return Unfit("Choose who takes part.")
    if not values:
        return Unfit("Choose at least one value of what is varied.")
    try:
        return plan_from({**plan, "seeds": list(range(int(seeds))), **budgets})
    except Unfit as fault:
        return fault


def _contestant(name: str, given: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    try:
        settings = settings_from(given).model_dump(mode="json")
    except Unfit as fault:
        st.error(plain(f"{name}: {fault}"), icon=":material/rule:")
        return {}
    return {"name": name, "settings": settings}


def _architectures(given: dict[str, Any], dataset: Dataset) -> list[dict[str, Any]]:
    """Several architectures as they come, and networks that were put together by hand."""
    by_hand = fitting_stacks(given)
    titles = {name: ARCHITECTURES[name].title for name in fitting(dataset)} | labels_of(by_hand)
    proposed = [name for name in FIRST.get(dataset.kind, ()) if name in titles]
    chosen = st.multiselect(
        "Contestants",
        list(titles),
        proposed or list(titles)[:2],
        format_func=lambda name: titles.get(name, name),
        max_selections=8,
        key="contestants",
        **KEPT,
    )
    made = []
    for name in chosen:
        network: dict[str, Any] = {"architecture": name}
        if name in by_hand:
            network = {"architecture": OWN_NETWORK, "bricks": by_hand[name].bricks}
        made.append(_contestant(titles[name], {**given, **network}))
    return [one for one in made if one]


def _one_setting(given: dict[str, Any], dataset: Dataset) -> list[dict[str, Any]]:
    """One architecture, with several values of one of its settings."""
    name = pick("Architecture", {n: ARCHITECTURES[n].title for n in fitting(dataset)}, "arch")
    options = ARCHITECTURES[name].model_fields
    fields = {**options, **{one: Settings.model_fields[one] for one in ONE_SETTING}}
    titles = {key: field.title or key.replace("_", " ") for key, field in fields.items()}
    key = pick("What differs", titles, f"differs_{name}")
    values = _values(key, fields[key], given, name)
    made = []
    for value in values:
        changed = {"options": {key: value}} if key in options else {key: value}
        word = TITLES.get(str(value), f"{value:g}" if isinstance(value, float) else str(value))
        word = {True: "on", False: "off"}.get(value, word) if isinstance(value, bool) else word
        made.append(
            _contestant(f"{titles[key]} {word}", {**given, "architecture": name, **changed})
        )
    return [one for one in made if one]


def _values(key: str, field: FieldInfo, given: dict[str, Any], name: str) -> list[Any]:
    """The values that a person chooses for a setting; those of few words are all proposed."""
    if field.annotation is bool:
        return [False, True]
    if get_origin(field.annotation) is not None and (words := get_args(field.annotation)):
        return st.multiselect(
            "Values",
            list(words),
            list(words)[:3],
            format_func=lambda word: TITLES.get(word, word),
            max_selections=8,
            key=f"values_{key}",
            **KEPT,
        )
    base = settings_from({**given, "architecture": name})
    usual = base.options.get(key, getattr(base, key, field.default))
    return _typed("Values", f"values_{name}_{key}", _around(key, usual), type(usual))


def _around(key: str, usual: Any) -> list[Any]:
    if isinstance(usual, int):
        return sorted({max(1, usual // 2), usual, usual * 2})
    return [float(f"{usual * factor:.3g}") for factor in STEPS.get(key, (0.5, 1, 2))]


def _typed(title: str, key: str, proposed: list[Any], kind: Callable[[float], Any]) -> list[Any]:
    """Numbers that a person types, apart by spaces; what is none is left out and said."""
    text = st.text_input(
        title,
        " ".join(f"{one:g}" for one in proposed),
        200,
        key=key,
        help="Apart by spaces.",
        **KEPT,
    )
    found, wrong = [], []
    for word in text.replace(",", " ").replace(";", " ").split():
        try:
            found.append(kind(float(word)))
        except (ValueError, OverflowError):
            wrong.append(word)
    if wrong:
        st.caption(f"Left out, for it is no number: {', '.join(wrong)[:80]}.")
    return list(dict.fromkeys(found))


def _varied(contestants: list[dict[str, Any]]) -> dict[str, str]:
    """What can be varied: the size of the data, the rate, or a number that all have."""
    known = dict(VARIED)
    every = [one["settings"]["options"] for one in contestants]
    for key in every[0] if every else ():
        if all(type(options.get(key)) in (int, float) for options in every):
            fields = ARCHITECTURES[contestants[0]["settings"]["architecture"]].model_fields
            known[key] = fields[key].title or key.replace("_", " ").capitalize()
    return known


def _sizes(dataset: Dataset) -> list[float]:
    most = dataset.train_size
    sizes = [size for size in SIZES if size < most] + [0]
    named = {f"{size:,}" if size else f"all {most:,}": size for size in sizes}
    words = list(named)
    chosen = st.multiselect(
        "Training-set sizes", words, words[:3], key=f"sizes_{dataset.name}", **KEPT
    )
    return [named[word] for word in chosen if word in named]


def _numbers(varied: str, contestants: list[dict[str, Any]]) -> list[float]:
    if not contestants:
        return []
    settings = contestants[0]["settings"]
    usual = settings["options"].get(varied, settings.get(varied))
    return _typed("Values", f"varied_{varied}", _around(varied, usual), float)


def choose_contestant(plan: Plan, taken: Callable[[Contestant], object]) -> None:
    """Let a person choose one more contestant; it is given to `taken` when they press."""
    base = plan.contestants[0].settings
    given = base.model_dump(mode="json", include={"data", "own", "length"})
    titles = {name: ARCHITECTURES[name].title for name in fitting(base.dataset)}
    name = st.selectbox("Architecture", list(titles), format_func=titles.__getitem__)
    called = st.text_input("Name", titles[name], 80)
    if st.button("Let it take part", icon=":material/person_add:"):
        try:
            settings = settings_from({**given, "architecture": name})
            taken(Contestant(name=called.strip() or titles[name], settings=settings))
        except Unfit as fault:
            st.error(plain(str(fault)), icon=":material/rule:")
        else:
            st.rerun()


def priced(plan: Plan, measured: bool) -> Price:
    """What a race costs; its time too where that was `measured`, or is to be now."""
    paces: dict[Cell, Pace] = {}
    with st.spinner("Training each for a moment …") if measured else st.empty():
        for cell in samples(plan) if measured else ():
            paces[cell] = _pace(measured_as(plan.settings(cell)).model_dump_json())
    try:
        there = engine().workers.racing()
    except Unreachable:  # the runs will wait for one
        there = 0
    return estimate(plan, paces, max(1, there))


@st.cache_data(max_entries=100, ttl=1800, show_spinner=False)
def _pace(settings: str) -> Pace:
    try:
        return engine().ask(pace, settings_from(settings))
    except Exception as fault:
        raise NoAnswer(
            f"No worker could measure it ({type(fault).__name__}). Try again in a moment."
        ) from fault
