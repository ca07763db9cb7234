"""The usual way to train and to watch: a DataLoader, and TensorBoard histograms every 10 steps.

The data set does for each image what torchvision's MNIST does. Run as a child (see `child.py`).
"""

import json
import tempfile
import time
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Dataset
from torch.utils.tensorboard import SummaryWriter
from torchvision.transforms import ToTensor

from benchmarks.child import asked
from core.checkpoints import network_of
from core.settings import Settings, settings_from

EVERY = 10


class Images(Dataset):
    """Images that are opened and turned into tensors one by one, when they are asked for."""

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels, self.transform = images, labels, ToTensor()

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, place: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.images[place, 0])), int(self.labels[place])


def epoch(settings: Settings, histograms: bool) -> float:
    """Seconds of one epoch."""
    split = settings.dataset.load()
    loader = DataLoader(
        Images(split.train_inputs, split.train_targets), settings.batch_size, shuffle=True
    )
    network = network_of(settings.layers)
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            module.reset_parameters()
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    with tempfile.TemporaryDirectory() as folder, SummaryWriter(folder) as board:
        started = time.perf_counter()
        for step, (images, labels) in enumerate(loader):
            optimizer.zero_grad()
            loss = cross_entropy(network(images), labels)
            loss.backward()
            optimizer.step()
            if histograms and step % EVERY == 0:
                board.add_scalar("loss", loss.item(), step)
                for name, parameter in network.named_parameters():
                    board.add_histogram(name, parameter, step)
                    board.add_histogram(f"{name}/gradient", parameter.grad, step)
        board.flush()
        return time.perf_counter() - started


def main(given: dict[str, Any]) -> None:
    """Time one epoch, with the histograms or without."""
    settings = settings_from(given["settings"])
    torch.set_num_threads(given["threads"])
    print(json.dumps({"seconds": epoch(settings, given["histograms"])}))


if __name__ == "__main__":
    main(asked())
