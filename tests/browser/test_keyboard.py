"""Every page by keyboard alone: each control has a name, Tab reaches it, and the links show it."""

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard import PAGES, SLOW, finished_run
from tests.browser.test_screens import DRAWN

ONLY_LOOKS = True

MOST = 250  # presses of Tab from the top of a page to its end
FROM_THE_TOP = """() => {
  window.reached = new Set();
  const top = document.createElement("button");
  document.body.prepend(top);
  top.focus();
  top.remove(); // what follows it is next
}"""
CONTROLS = """() => {
  const found = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot);
      const { width, height } = node.getBoundingClientRect();
      const control = node.matches("a, button, input, select, textarea, summary, [tabindex]");
      const seen = width && height && node.checkVisibility({ visibilityProperty: true });
      const leads = ["href", "xlink:href"].some((one) => node.hasAttribute(one));
      const still = node.localName === "a" && !leads;
      if (control && !still && seen && node.tabIndex >= 0 && !node.disabled) found.push(node);
    }
  };
  walk(document.querySelector('[data-testid="stMain"]'));
  return found.map((node) => {
    const words = (node.getAttribute("aria-labelledby") ?? "").split(" ");
    const labels = words.map((word) => node.getRootNode().getElementById(word)?.textContent ?? "");
    const name = node.getAttribute("aria-label") || labels.join(" ").trim() || node.title
      || node.labels?.[0]?.textContent || node.textContent || node.placeholder || "";
    // in a table and in a group of choices the arrow keys go on
    const by = node.closest('[data-testid="stDataFrame"], .js-plotly-plot') ? "widget"
      : node.getAttribute("role") === "radio" ? "arrows" : "tab";
    return { tag: node.outerHTML.slice(0, 120), name: name.trim(), by, reached: reached.has(node) };
  });
}"""
REACHED = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  window.reached.add(node);
  return [node.tagName, node.textContent, getComputedStyle(node).outlineStyle];
}"""


@pytest.fixture(scope="module")
def run(server):
    """A run of a convolutional network: every page has something to show of it."""
    return finished_run(server, network="lenet")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_walked_by_tab_and_all_on_it_has_a_name(page, server, run, path):
    page.goto(f"{server.url}/?run={run.id}")
    link = page.get_by_role("link", name=PAGES[path], exact=True)
    link.press("Enter", timeout=SLOW)
    expect(page.locator(DRAWN[path]).first).to_be_visible(timeout=SLOW)
    page.wait_for_load_state("networkidle")
    page.evaluate(FROM_THE_TOP)
    rings = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        tag, words, outline = page.evaluate(REACHED)
        if tag == "BODY":
            break
        if tag == "A" and any(title in words for title in PAGES.values()):
            rings.append(outline)
    assert len(rings) == len(PAGES) and "none" not in rings
    controls = page.evaluate(CONTROLS)
    unnamed = [one["tag"] for one in controls if not one["name"] and one["by"] != "widget"]
    assert not unnamed
    missed = [one["tag"] for one in controls if one["by"] == "tab" and not one["reached"]]
    assert not missed
