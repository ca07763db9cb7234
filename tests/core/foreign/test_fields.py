"""What an output of a watched network sees of the input, where that is known, and in any file."""

import json

import torch

import layerscope
from core.architectures.seen import sees_words
from core.foreign.watched import Watched

torch.set_num_threads(1)


def test_a_watched_network_says_what_it_knows_and_nothing_else():
    class Reader(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.table = torch.nn.Embedding(9, 4)
            self.cell = torch.nn.LSTM(4, 3, batch_first=True)
            self.each = torch.nn.Linear(3, 9)
            self.whole = torch.nn.Linear(27, 2)

        def forward(self, x):
            read = self.each(self.cell(self.table(x))[0])
            return self.whole(read[:, :3].flatten(1))

    seen = layerscope.watch(Reader(), torch.randint(9, (4, 6)))
    seen.close()
    layers = {layer.name: layer for layer in seen.run.settings().layers}
    said = {name: sees_words(layer, "symbols") for name, layer in layers.items()}
    own = "its own symbol and those before it"
    assert said == {"table": "1 symbol of the input", "cell": own, "each": own, "whole": ""}
    assert layers["whole"].field is None, "what is not known is not all"


def test_a_field_from_an_older_or_a_hostile_file_is_read_with_care():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU())
    seen = layerscope.watch(network, torch.rand(3, 1, 8, 8))
    seen.close()
    watched = seen.run.settings().watched
    data = json.loads(watched.model_dump_json())
    assert Watched.model_validate(data).plan()[0].field.at((1, 2)) == ((1, 3), (2, 4))
    data["layers"][0]["field"] = [-1, 5, 2]  # as earlier versions wrote it
    assert Watched.model_validate(data).plan()[0].field.at((1, 2)) == ((1, 5), (3, 7))
    reach = {"low": 0, "low_jump": -(10**30), "high": 1, "high_jump": 1}
    for sides in ([[reach], [reach]], [[]], [[reach] * 99] * 2, []):
        data["layers"][0]["field"] = {"sides": sides, "lengths": [8, 8]}
        assert Watched.model_validate(data).plan()[0].field is None
