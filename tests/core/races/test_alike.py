"""What a race holds equal, in words: told from the runs' own settings."""

from core.races.alike import budget, held_equal, value_words, varied_words, weights
from core.races.plan import Cell
from tests.core.races.races import a_plan, contestant


def test_what_is_equal_and_what_differs_is_read_from_the_settings():
    plan = a_plan([contestant("MLP"), contestant("Two", "two_linear", learning_rate=0.01)])
    alike = held_equal(plan)
    for words in ("data set Digits 8x8", "test inputs 360", "optimizer Adam", "batch size 32"):
        assert words in alike.equal
    assert "5 epochs" in alike.equal and "seeds 0, 1, 2, 3 and 4" in alike.equal
    assert "the same training inputs in the same order" in alike.equal
    assert "learning rate (MLP: 0.001, Two: 0.01)" in alike.differs
    assert "activation relu" in alike.equal
    assert "learning rate 0" not in alike.equal
    assert "training inputs 100" not in alike.equal  # they are what is varied
    assert alike.varied == "Varied: training inputs (100; all 1,437)."
    assert alike.sentences == [alike.equal, alike.differs, alike.varied]


def test_another_optimizer_or_batch_size_is_told():
    small = contestant("small", batch_size=8, optimizer="sgd")
    alike = held_equal(a_plan([contestant("MLP"), small]))
    assert "batch size (MLP: 32, small: 8)" in alike.differs
    assert "optimizer (MLP: Adam, small: SGD with momentum)" in alike.differs
    assert "batch size" not in alike.equal and "optimizer" not in alike.equal
    assert "same order" not in alike.equal  # batches of another size are other batches


def test_another_data_set_is_told():
    alike = held_equal(a_plan([contestant("MLP"), contestant("moons", data="moons")]))
    assert "data set (MLP: Digits 8x8, moons: " in alike.differs
    assert "data set" not in alike.equal and "same order" not in alike.equal


def test_networks_of_one_architecture_are_compared_in_its_own_settings():
    with_dropout = contestant("drop", options={"dropout": 0.2, "batch_norm": True})
    plan = a_plan([contestant("MLP"), with_dropout], varied="depth", values=[1, 2])
    alike = held_equal(plan)
    assert "dropout (MLP: 0.0, drop: 0.2)" in alike.differs
    assert "BatchNorm (MLP: off, drop: on)" in alike.differs
    assert "units in each 64" in alike.equal and "hidden layers" not in alike.equal
    assert alike.varied == "Varied: hidden layers (1; 2)."


def test_one_contestant_and_one_value_differ_in_nothing():
    alike = held_equal(a_plan([contestant("MLP")], values=[100], seeds=[7]))
    assert alike.sentences == [alike.equal]
    assert "seeds 3 and 5." in held_equal(a_plan([contestant("MLP")], seeds=[3, 5])).equal
    assert "training inputs 100" in alike.equal and alike.equal.endswith("seed 7.")


def test_a_budget_and_values_have_words():
    assert budget(a_plan(epochs=1)) == "1 epoch"
    assert budget(a_plan(epochs=None, seconds=2)) == "at most 2 seconds of training"
    plan = a_plan(values=[1000, 0])
    assert [value_words(plan, v) for v in (0, 1)] == ["1,000 inputs", "all 1,437 inputs"]
    rates = a_plan(varied="learning_rate", values=[0.1, 0.01])
    assert (varied_words(rates), value_words(rates, 1)) == ("learning rate", "learning rate 0.01")


def test_learned_numbers_are_those_of_the_layers():
    two = a_plan([contestant("Two", "two_linear")]).settings(Cell(0, 0, 0))
    (first, second) = (layer for layer in two.layers if layer.parameters)
    hidden = first.output_shape[-1]
    assert weights(two) == 64 * hidden + hidden + 10 * hidden + 10
    assert second.output_shape == (10,)
