"""The architectures that can be chosen, in the menu's order: one file each, listed here."""

from core.architectures.architecture import Architecture
from core.architectures.gru import GRU
from core.architectures.inception import Inception
from core.architectures.lenet import LeNet
from core.architectures.lstm import LSTM
from core.architectures.mlp import MLP
from core.architectures.playground import Playground
from core.architectures.resnet import ResNet
from core.architectures.rnn import RNN
from core.architectures.tabular import Tabular
from core.architectures.transformer import Transformer
from core.architectures.two_linear import TwoLinear
from core.architectures.vgg import VGG

ARCHITECTURES: dict[str, type[Architecture]] = {
    "two_linear": TwoLinear,
    "mlp": MLP,
    "lenet": LeNet,
    "vgg": VGG,
    "resnet": ResNet,
    "inception": Inception,
    "rnn": RNN,
    "lstm": LSTM,
    "gru": GRU,
    "transformer": Transformer,
    "tabular": Tabular,
    "playground": Playground,
}
