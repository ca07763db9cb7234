"""The charts' server side: Plotly's script is put in place, and pages can hold charts."""

import json
import multiprocessing
import os
from pathlib import Path

import plotly
import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import chart


def published(folder: Path) -> bytes:
    path = chart.publish_plotly(folder)
    assert path is not None
    return path.read_bytes()


@pytest.fixture(scope="module")
def library() -> bytes:
    return chart.SOURCE.read_bytes()


def test_the_library_is_put_under_its_version(tmp_path, library):
    assert published(tmp_path / "static") == library
    assert [path.name for path in (tmp_path / "static").iterdir()] == [
        f"plotly-{plotly.__version__}.min.js"
    ]


def test_a_second_call_leaves_the_file_alone(tmp_path):
    first = chart.publish_plotly(tmp_path)
    os.utime(first, ns=(1, 1))
    assert chart.publish_plotly(tmp_path) == first
    assert first.stat().st_mtime_ns == 1


def test_a_half_copy_is_made_whole(tmp_path, library):
    (tmp_path / chart.NAME).write_bytes(library[:1000])
    assert published(tmp_path) == library


def test_a_link_becomes_a_file_because_the_server_refuses_links(tmp_path, library):
    (tmp_path / chart.NAME).symlink_to(chart.SOURCE)
    assert published(tmp_path) == library
    assert not (tmp_path / chart.NAME).is_symlink()


def test_two_processes_at_once_leave_one_whole_file(tmp_path, library):
    folder = tmp_path / "static"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(chart.publish_plotly, [folder] * 8, chunksize=1)
    assert [path.name for path in folder.iterdir()] == [chart.NAME]
    assert (folder / chart.NAME).read_bytes() == library


def test_a_folder_that_cannot_be_written_is_no_exception(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert chart.publish_plotly(tmp_path / "file") is None


def test_behind_the_launcher_nothing_is_written_and_else_the_true_reason_is_given(monkeypatch):
    written = []
    monkeypatch.setattr(chart, "publish_plotly", lambda: written.append(1))
    assert chart.library() == {"script": f"app/static/{chart.NAME}", "lacking": chart.LACKING}
    assert str(chart.STATIC) in chart.LACKING and written == [1]
    monkeypatch.setattr(chart, "route_is_open", True)
    assert chart.library() == {"script": f"plotly/{chart.NAME}", "lacking": ""}
    monkeypatch.setattr(chart, "route_is_open", False)
    monkeypatch.setattr(chart.st, "get_option", lambda name: False)
    assert "enableStaticServing" in chart.library()["lacking"] and written == [1]


def test_it_is_put_beside_the_script_that_streamlit_runs():
    assert Path(chart.__file__).parents[1] / "static" == chart.STATIC


def test_inline_scripts_have_a_line_break_or_streamlit_takes_them_for_a_path():
    assert "\n" in Path(chart.__file__).with_suffix(".js").read_text("utf-8").strip()


def two_charts():
    from core.figures import loss_curve
    from pages.shared.chart import live_chart, still_chart

    fig = loss_curve([1, 2], [2.0, float("nan")])
    live_chart(fig, key="live")
    still_chart(fig, key="still")


def test_a_page_holds_both_kinds_and_what_is_sent_is_strict_json():
    app = AppTest.from_function(two_charts).run()
    assert not app.exception
    parts = {one.proto.component_name: one for one in app.get("bidi_component")}
    (live,) = (one for name, one in parts.items() if name.endswith("chart"))
    (still,) = app.get("plotly_chart")
    sent = json.loads(live.proto.bytes, parse_constant=pytest.fail)
    assert sent["key"] == "live"
    assert sent["script"] == f"app/static/{chart.NAME}"
    words = "Loss over step. training: from 2 at 1 to 2 at 1; lowest 2 at 1, highest 2 at 1."
    assert sent["words"] == still.proto.alt == words
    assert sent["figure"]["layout"]["yaxis"]["title"]["text"] == "loss"
    assert json.loads(still.proto.spec, parse_constant=pytest.fail) == sent["figure"]
