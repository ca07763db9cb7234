"""The diagram of a run's network: it folds, and leads to its layers."""

import re
from html import unescape
from urllib.parse import parse_qsl

from tests.core.small_runs import small
from tests.pages.conftest import sound


def test_the_blocks_are_folded_until_asked(open_page, make_run):
    run = make_run(settings=small("images"))
    tab = open_page("layer.py", run=run.id)
    assert "subgraph" not in tab.get("graphviz_chart")[0].proto.spec
    tab.toggle[0].set_value(True).run()
    assert sound(tab).get("graphviz_chart")[0].proto.spec.count("subgraph") == 4
    assert not open_page("layer.py", run=make_run().id).toggle


def test_the_diagram_leads_to_other_layers_at_the_same_moment(open_page, make_run):
    run, where = make_run(), {"step": "3", "probe": "2", "present": "1", "unfolded": '"&<x>'}
    tab = open_page("layer.py", run=run.id, layer="linear2", row="1", **where)
    (found,) = tab.get("graphviz_chart")
    links = re.findall(r'URL="([^"]*)"', found.proto.spec)
    assert len(links) == 3
    for link, name in zip(links, ("linear1", "relu1", "linear2"), strict=True):
        asked = dict(parse_qsl(unescape(link)[1:], strict_parsing=True))
        assert asked == {"run": run.id, "layer": name, **where}
