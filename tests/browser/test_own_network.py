"""A network of a person's own: a plain script trains it, the dashboard opens it while it grows."""

from __future__ import annotations

import os
import subprocess
import sys

from playwright.sync_api import expect

from core.runs import find, ids
from tests.browser.dashboard import SLOW, changes, drawn, follow, home_of, picture
from tests.conftest import ROOT

SCRIPT = """
import sys
import torch
from torch import nn
import layerscope
from core.foreign import watch
from tests.core.foreign.networks import CLASSES, Unseen, images

watch.FREE_SECONDS = 60  # every one of these steps is recorded, however busy the machine is
torch.manual_seed(0)
network, inputs, truth = Unseen(), images(16), torch.arange(16) % 10
optimizer = torch.optim.Adam(network.parameters(), 1e-2)
seen = layerscope.watch(network, images(), name="My own", classes=CLASSES, targets=range(6))
for count in (5, 20):
    for _ in range(count):
        loss = nn.functional.cross_entropy(network(inputs)["classes"], truth)
        optimizer.zero_grad()
        loss.backward()
        seen.step(loss)
        optimizer.step()
    print("went on", flush=True)
    sys.stdin.readline()
"""


def test_a_scripts_network_is_watched_while_it_trains_and_after(server, page, troubles, tmp_path):
    place = {**os.environ, "PYTHONPATH": str(ROOT), "LAYERSCOPE_HOME": str(server.home)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, env=place, cwd=tmp_path, **pipes) as script:
        assert script.stdout and script.stdin
        assert script.stdout.readline() == "went on\n"
        with home_of(server):
            (run_id,) = ids()
        page.goto(f"{server.url}/?run={run_id}")
        drawn(page)
        expect(page.get_by_text("Its script is training it")).to_be_visible(timeout=SLOW)
        before = picture(page, "conv/weight")
        script.stdin.write("\n")
        script.stdin.flush()
        assert script.stdout.readline() == "went on\n"
        changes(page, "conv/weight", before)
        script.stdin.write("\n")
        script.stdin.close()
    expect(page.get_by_text("Watched to the end")).to_be_visible(timeout=SLOW)
    with home_of(server):
        assert find(run_id).steps()[-1] == 25
    drawn(follow(page, f"{server.url}/layer?run={run_id}&layer=ways.wide.0", troubles))
    picture(page, "ways.wide.0/weight_gradient")
    expect(page.get_by_text("Conv2d(8, 8, kernel_size=(1, 3)")).to_be_visible(timeout=SLOW)
    page.get_by_text("Activation functions").first.click()
    picture(page, "relu·2/given")
