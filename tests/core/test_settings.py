"""Settings: what defines a run goes to JSON and back; what cannot be is refused in a sentence."""

import json
import math

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.data import DATASETS
from core.settings import OPTIMIZERS, Settings, settings_from
from core.unfit import LONGEST, Unfit
from tests.core.small_runs import small

KNOWN = st.sampled_from([*Settings.model_fields])
CHOICES: dict[str, dict[str, st.SearchStrategy]] = {
    "two_linear": {"hidden": st.integers(1, 300)},
    "mlp": {
        "depth": st.integers(1, 5),
        "width": st.integers(1, 100),
        "batch_norm": st.booleans(),
        "dropout": st.floats(0, 0.9),
        "activation": st.sampled_from(list(ACTIVATIONS)),
    },
    "lenet": {"max_pool": st.booleans()},
    "resnet": {"skips": st.booleans()},
}
options = st.one_of(
    st.fixed_dictionaries(
        {"architecture": st.just(name)},
        optional={"options": st.fixed_dictionaries({}, optional=fields)},
    )
    for name, fields in CHOICES.items()
)
rest = st.fixed_dictionaries(
    {},
    optional={
        "data": st.sampled_from([name for name, d in DATASETS.items() if d.kind == "image"]),
        "share": st.floats(0.01, 1),
        "optimizer": st.sampled_from(list(OPTIMIZERS)),
        "learning_rate": st.floats(0, 1e12, exclude_min=True),
        "batch_size": st.integers(2, 4096),
        "epochs": st.integers(1, 1000),
        "seed": st.integers(0, 2**31 - 1),
        "threads": st.integers(1, 64),
        "recorded_units": st.integers(1, 4096),
    },
)
sound = st.builds(lambda one, other: {**one, **other}, options, rest)

WIDE = [
    {"kind": "conv2d", "filters": 4096, "padding": 1},
    {"kind": "activation"},
    {"kind": "avgpool2d", "size": 8},
    {"kind": "flatten"},
    {"kind": "linear", "units": 10},
]
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([10**30, -(10**4000), "\ud800", "x" * 5000, "a\nb", "\u202e"]),
)
anything = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
bricks = st.lists(
    st.one_of(
        anything,
        st.dictionaries(
            st.sampled_from(["kind", "units", "filters", "kernel", "share", "function", "size"]),
            st.one_of(
                st.sampled_from(["linear", "conv2d", "flatten", "dropout", "activation"]), anything
            ),
        ),
    ),
    max_size=3,
)
unsound = st.one_of(
    st.dictionaries(st.one_of(KNOWN, st.text(max_size=12)), anything, max_size=4),
    st.builds(lambda given, stack: {**given, "bricks": stack}, rest, bricks),
    st.builds(lambda given, key, value: {**given, key: value}, sound, KNOWN, anything),
    st.builds(lambda given, value: {**given, "options": value}, sound, anything),
)


def assert_sentence(fault: Unfit) -> None:
    text = str(fault)
    assert 0 < len(text) <= LONGEST
    assert text[0] == text[0].upper() and text.isprintable()
    for torn in ("validation error", "pydantic", "Value error", "input_value", "Traceback"):
        assert torn not in text
    text.encode()


@given(sound)
@rules(deadline=None)
def test_settings_go_to_json_and_back(wanted):
    made = settings_from(wanted)
    assert settings_from(made.model_dump_json()) == made
    assert settings_from(made.model_dump_json().encode()) == made
    assert settings_from(made.model_dump()) == made
    for key, value in wanted.items():
        if key != "options":
            assert getattr(made, key) == value


@given(unsound)
@example({"architecture": []})
@example({"architecture": "x" * 5000})
@example({"x" * 5000: 1})
@example({"bricks": [{"kind": "x" * 5000}]})
@rules(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_but_unfit_comes_out_of_a_dict(given_dict):
    try:
        settings_from(given_dict)
    except Unfit as fault:
        assert_sentence(fault)


@pytest.mark.parametrize(
    "wanted",
    [
        {"seed": 10**5000},
        {"options": {"hidden": -(10**5000)}},
        {"architecture": 10**5000},
        {"colour": 10**5000},
        {1: 2},
        "1" * 5000,
        '{"seed": ' + "1" * 5000 + "}",
    ],
    ids=range(7),
)
def test_numbers_too_long_to_be_written_are_refused_all_the_same(wanted):
    with pytest.raises(Unfit) as refusal:
        settings_from(wanted)
    assert_sentence(refusal.value)


@given(st.one_of(anything, unsound))
@rules(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_but_unfit_comes_out_of_json(value):
    try:
        text = json.dumps(value)
    except ValueError:  # a number that Python itself does not write out
        return
    try:
        settings_from(text)
    except Unfit as fault:
        assert_sentence(fault)


@given(st.one_of(st.text(), st.binary(), st.text('[{":,}]'), st.just("[" * 100_000)))
@rules(deadline=None)
def test_nothing_but_unfit_comes_out_of_garbage(garbage):
    try:
        assert settings_from(garbage) == Settings()  # "{}" leaves everything as it is
    except Unfit as fault:
        assert_sentence(fault)


@pytest.mark.parametrize(
    "field, low, high, below, above",
    [
        ("share", 0.001, 1, 0, 1.01),
        ("learning_rate", 1e-300, 1e12, 0, 1.1e12),
        ("batch_size", 1, 4096, 0, 4097),
        ("epochs", 1, 1000, 0, 1001),
        ("seed", 0, 2**31 - 1, -1, 2**31),
        ("threads", 1, 64, 0, 65),
        ("recorded_units", 1, 4096, 0, 4097),
    ],
)
def test_every_number_has_its_bounds(field, low, high, below, above):
    title = Settings.model_fields[field].title
    for right in (low, high):
        assert getattr(settings_from({field: right}), field) == right
    for wrong in (below, above, math.nan, math.inf, -math.inf, "much", None, [1]):
        with pytest.raises(Unfit, match=f"^{title}: input should be ") as refusal:
            settings_from({field: wrong})
        assert_sentence(refusal.value)
    for text in ("NaN", "Infinity", "1e999"):
        with pytest.raises(Unfit, match=f"^{title}: input should be "):
            settings_from(f'{{"{field}": {text}}}')


@pytest.mark.parametrize(
    "wanted, sentence",
    [
        ({"architecture": "alexnet"}, "There is no architecture 'alexnet'; there are two_linear, "),
        (
            {"data": "cifar"},
            "There is no data set 'cifar'; there are mnist, fashion, fashion_full, digits",
        ),
        ({"architecture": []}, "There is no architecture of type list; there are two_linear, "),
        ({"options": {"hidden": 5000}}, "Hidden units: input should be less than or equal to 1024"),
        ({"options": {"depth": 5}}, "Hidden layers: extra inputs are not permitted"),
        ({"optimizer": "lion"}, "Optimizer: input should be 'sgd', 'adam', 'adamw' or 'rmsprop'"),
        (
            {"data": "digits", "batch_size": 4096, "bricks": WIDE},
            "Layer 1 gives the most numbers, and the network would need 6 GB of memory, of at most",
        ),
        ({"colour": "red"}, "Colour: extra inputs are not permitted"),
        ({"seed": 1.5}, "Seed: input should be a valid integer, got a number with a fractional"),
        (
            {"bricks": [{"kind": "flatten"}, {"kind": "linear", "units": 11}]},
            "Layer 2, the last, gives 11 numbers, but MNIST has 10 classes",
        ),
        (
            {"data": "digits", "bricks": [{"kind": "conv2d", "filters": 10}]},
            "Layer 1, the last, gives 10×6×6 numbers, but Digits 8x8 has 10 classes",
        ),
    ],
)
def test_what_is_wrong_is_said(wanted, sentence):
    with pytest.raises(Unfit) as refusal:
        settings_from(wanted)
    assert str(refusal.value).startswith(sentence)
    assert_sentence(refusal.value)


@pytest.mark.parametrize("changes", [{"batch_size": 1}, {"share": 0.001}])
def test_batchnorm_is_refused_where_a_batch_is_a_single_image(changes):
    with pytest.raises(Unfit, match="^Layer 3: BatchNorm needs at least two images in a batch$"):
        small("mlp", **changes)
    assert small("two_linear", **changes).steps >= 1


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        small().seed = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "more", [{}, {"architecture": "mlp"}, {"length": 3}, {"watched": None}, {"seed": 2}]
)
def test_settings_that_say_watched_and_not_what_was_seen_are_refused(more):
    with pytest.raises(Unfit, match="A watched network comes with what was seen of it"):
        settings_from({"data": "watched", **more})
