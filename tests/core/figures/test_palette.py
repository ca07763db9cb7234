"""The palette for all eyes: colour blindness is simulated (Machado 2009), contrast is measured."""

import itertools
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from core.figures import style

HERE = Path(__file__).parents[3]
THEME = tomllib.loads((HERE / ".streamlit/config.toml").read_text("utf-8"))["theme"]
EYES = {"usual": "", "deuteranopia": "deuteranomaly", "protanopia": "protanomaly"}
EYES |= {"tritanopia": "tritanomaly"}
FAMILIES = {
    "roles": (list(style.ROLES.values()), 11),
    "curves": ([style.TRAINING, style.HELD_OUT], 40),
    "zones": ([style.DEAD, style.SATURATED], 20),
    "lines": (list(style.LINES), 9),
}
"""Colours side by side, and how far apart at least, in CAM02-UCS: 1 is just noticeable."""


def rgb(color: str) -> np.ndarray:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def seen(color: np.ndarray, kind: str) -> np.ndarray:
    if not kind:
        return color
    blind = {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}
    return np.clip(cspace_convert(color, blind, "sRGB1"), 0, 1)


def distance(one: np.ndarray, other: np.ndarray, kind: str) -> float:
    return float(deltaE(seen(one, kind), seen(other, kind), input_space="sRGB1"))


def contrast(one: str, other: str) -> float:
    """The contrast of the WCAG 2."""
    light = []
    for color in (rgb(one), rgb(other)):
        linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ [0.2126, 0.7152, 0.0722]) + 0.05)
    return max(light) / min(light)


@pytest.mark.parametrize("kind", EYES.values(), ids=EYES)
@pytest.mark.parametrize("family", FAMILIES)
def test_colours_side_by_side_are_told_apart_by_all_eyes(family, kind):
    colors, least = FAMILIES[family]
    for one, other in itertools.combinations(colors, 2):
        assert distance(rgb(one), rgb(other), kind) >= least, (one, other)


@pytest.mark.parametrize("kind", EYES.values(), ids=EYES)
def test_negative_and_positive_are_told_apart_by_all_eyes_at_any_strength(kind):
    places = [place for place, _ in style.SIGNED]
    stops = np.array([[float(n) for n in re.findall(r"[\d.]+", c)] for _, c in style.SIGNED])
    for page in (rgb(THEME["light"]["backgroundColor"]), rgb(THEME["dark"]["backgroundColor"])):
        for strength in (0.2, 0.5, 1.0):
            ends = []
            for at in ((1 - strength) / 2, (1 + strength) / 2):
                *color, alpha = (np.interp(at, places, stops[:, i]) for i in range(4))
                ends.append(alpha * np.array(color) / 255 + (1 - alpha) * page)
            assert distance(*ends, kind) >= 30 * strength


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_stands_out_from_both_pages(theme):
    page = THEME[theme]["backgroundColor"]
    used = {*style.ROLES.values(), *style.LINES, style.TRAINING, style.HELD_OUT}
    for color in used | {style.DEAD, style.SATURATED}:
        assert contrast(color, page) >= 3, color
    assert contrast(THEME[theme]["textColor"], page) >= 7
    assert contrast(style.MUTED, page) >= 4


def test_the_browser_draws_in_the_same_colours():
    scope = (HERE / "pages/shared/scope_pictures.js").read_text("utf-8")
    accent = re.search(r"const ACCENT = \{(.*?)\}", scope, re.DOTALL)[1]
    found = {
        role.replace("-", "_"): color
        for role, color in re.findall(r'"?([\w-]+)"?: "(#\w+)"', accent)
    }
    assert found == style.ROLES
    work = (HERE / "pages/shared/scope_work.js").read_text("utf-8")
    zones = dict(re.findall(r'(dead|saturated): "(#\w+)"', work))
    assert zones == {"dead": style.DEAD, "saturated": style.SATURATED}
    css = (HERE / "pages/shared/scope.css").read_text("utf-8")
    known = {*style.ROLES.values(), style.TRAINING, style.DEAD, style.SATURATED}
    inside = set(re.findall(r"(?:background|stroke|fill): (#\w{6})\b", css))
    assert inside and inside <= known
