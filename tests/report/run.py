"""Opens report pages in headless Chromium and looks whether they are quiet, quick and fit for everybody.

    run.py --newsmill target/debug/newsmill [--axe axe.min.js] [--shots docs/report] [--page RUN/report.html]

Three pages: of a run over hostile inputs, of a run folder that is hostile in every field, and of a dump to
look at (its screenshots go to --shots); with --page, that one alone. A page must ask for nothing, say
nothing in the console, open no dialog, hold no element that the frame does not have, and be there in a
second. --axe names the script of axe-core, whose rules for accessibility must find nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import demo
import hostile
from browser import Browser

# Milliseconds until a page is loaded, the best of three: the machine may be busy.
SOON = 1000
SECTIONS = ["flow", "articles", "duplicates", "clusters", "closest", "removed", "boilerplate", "sources", "rejects", "speed", "settings"]
# Opens whatever can be opened, and looks for what text alone never makes.
POKE = """(async () => {
  const pause = () => new Promise((done) => requestAnimationFrame(done));
  for (const button of document.querySelectorAll("button.more")) button.click();
  for (const details of document.querySelectorAll("details")) { details.open = true; }
  await pause(); await pause();
  document.getElementById("theme").click();
  await pause();
  const query = document.getElementById("query");
  for (const text of WORDS) { query.value = text; query.dispatchEvent(new Event("input")); }
  query.value = ""; query.dispatchEvent(new Event("input"));
  for (const canvas of document.querySelectorAll("canvas")) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    for (const part of [0.2, 0.5, 0.8]) canvas.dispatchEvent(new MouseEvent("mousemove", { clientX: left + width * part, clientY: top + height * part, bubbles: true }));
  }
  await pause();
  document.getElementById("theme").click();
  await pause();
  const strange = "img, iframe, object, embed, svg, math, video, audio, base, template, marquee, style:not(head > style), link:not([rel=icon]), form:not(#search), a[href]:not([href^='#'])";
  const acts = [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on")));
  return { strange: document.querySelectorAll(strange).length, acts: acts.length, scripts: document.scripts.length, ran: window.ran || 0, title: document.title };
})()"""
AXE = """axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(" ") + ": " + (n.any[0]?.message || n.failureSummary)).join("; ")}`))"""


class Checks:
    """What was looked at, and what was wrong."""

    def __init__(self) -> None:
        self.passed, self.failed = 0, 0

    def check(self, what: str, fine: bool, why: object = "") -> None:
        if fine:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: {why}", flush=True)


def quiet(checks: Checks, browser: Browser, page: Path, name: str) -> None:
    times = []
    browser.window(1280, 900)
    for _ in range(3):
        browser.open(page)
        times.append(browser.evaluate("[performance.timing.loadEventEnd - performance.timing.navigationStart, Number(document.documentElement.dataset.drawn)]"))
    loaded, drawn = min(times)
    print(f"{name}: {page.stat().st_size / 1e3:.0f} kB, loaded in {loaded} ms, drawn in {drawn} ms", flush=True)
    checks.check(f"{name}: soon", loaded < SOON, f"{loaded} ms")
    missing = [s for s in SECTIONS if not browser.evaluate(f"Boolean(document.querySelector('#{s} h2, #{s} h3'))")]
    checks.check(f"{name}: sections", not missing, missing)
    checks.check(f"{name}: charts", browser.evaluate("document.querySelectorAll('canvas').length") >= 5)
    words = json.dumps(["river", *hostile.texts()[:60]])
    found = browser.evaluate(POKE.replace("WORDS", words))
    checks.check(f"{name}: nothing but text", (found["strange"], found["acts"], found["scripts"], found["ran"]) == (0, 0, 3, 0), found)
    checks.check(f"{name}: nothing to the side", browser.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    browser.settle(0.5)
    complaints = browser.complaints()
    checks.check(f"{name}: quiet", not complaints, complaints[:5])
    browser.events.clear()


def for_everybody(checks: Checks, browser: Browser, page: Path, name: str, axe: str | None) -> None:
    for what, width, scheme in [("desktop", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light")]:
        browser.window(width, 844, mobile=what == "phone")
        browser.scheme(scheme)
        browser.open(page)
        browser.evaluate("document.querySelectorAll('details').forEach((d, n) => { if (n % 3 === 0) d.open = true; })")
        wide = browser.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        checks.check(f"{name}, {what}: nothing to the side", wide[0] <= wide[1], wide)
        if axe:
            frame = browser.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
            # A world of its own: the page's policy would not let it in.
            world = browser.call("Page.createIsolatedWorld", frameId=frame)["executionContextId"]
            browser.evaluate(axe + ";0", contextId=world)
            found = browser.evaluate(AXE, contextId=world)
            checks.check(f"{name}, {what}: axe", not found, "\n  ".join(found))
    browser.scheme("light")
    browser.events.clear()


def by_keyboard(checks: Checks, browser: Browser, page: Path) -> None:
    browser.window(1280, 900)
    browser.open(page)
    focus = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"

    def press(key: str, text: str = "") -> str:
        code = {"Tab": 9, "Enter": 13, "Escape": 27}.get(key, 0)
        for kind in ("keyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text=text if kind == "keyDown" else "")
        return browser.evaluate(focus)

    checks.check("the first stop skips to the report", press("Tab") == "jump")
    checks.check("/ searches", press("/", "/") == "query")
    for letter in "bridge":
        press(letter, letter)
    found = browser.evaluate("[document.getElementById('found').hidden, document.getElementById('found-count').textContent, document.querySelectorAll('#found-list button').length]")
    checks.check("the search finds", not found[0] and found[2] > 0, found)
    browser.evaluate("document.querySelector('#found-list button').click()")
    checks.check("what is found opens", browser.evaluate("document.activeElement.parentElement.open === true"))
    browser.evaluate("document.getElementById('query').focus()")
    press("Escape")
    checks.check("Escape ends the search", browser.evaluate("document.getElementById('found').hidden"))
    browser.events.clear()


def shots(browser: Browser, page: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for name, width, height, scale, scheme in [("desktop", 1280, 2100, 1, "light"), ("dark", 1280, 2100, 1, "dark"), ("phone", 390, 2600, 1, "light")]:
        browser.window(width, 900, scale, mobile=name == "phone")
        browser.scheme(scheme)
        browser.open(page)
        browser.shoot(to / f"{name}.png", height)
    browser.window(1280, 900)
    browser.scheme("light")
    browser.open(page)
    browser.evaluate("document.querySelector('#clusters details').open = true")
    browser.evaluate("document.querySelector('[data-list=samples] details').open = true")
    for name, section in [("cluster", "clusters"), ("removed", "removed")]:
        browser.settle(0.1)
        top = browser.evaluate(f"document.getElementById('{section}').getBoundingClientRect().top + scrollY")
        browser.shoot(to / f"{name}.png", 1150, int(top) - 12)
    browser.events.clear()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--newsmill", type=Path, required=True)
    arguments.add_argument("--axe", type=Path)
    arguments.add_argument("--shots", type=Path)
    arguments.add_argument("--page", type=Path)
    told = arguments.parse_args()
    axe = told.axe.read_text() if told.axe else None
    newsmill = [str(told.newsmill.resolve()), "--quiet"]
    checks, browser = Checks(), Browser()
    try:
        if told.page:
            quiet(checks, browser, told.page, told.page.name)
            if told.shots:
                shots(browser, told.page, told.shots)
            for_everybody(checks, browser, told.page, told.page.name, axe)
        else:
            with tempfile.TemporaryDirectory() as home:
                folder = Path(home)
                for name, make in [("inputs", hostile.dump), ("valley", demo.dump)]:
                    (folder / name).mkdir()
                    make(folder / name)
                    # From inside, so that the page names the folder as anybody's.
                    subprocess.run([*newsmill, "run", name, "-o", f"RUN-{name}"], check=True, cwd=folder)
                hostile.run_folder(folder / "hostile")
                subprocess.run([*newsmill, "report", "hostile"], check=True, cwd=folder)
                pages = {"hostile inputs": "RUN-inputs", "hostile fields": "hostile", "valley": "RUN-valley"}
                for name, run in pages.items():
                    quiet(checks, browser, folder / run / "report.html", name)
                    for_everybody(checks, browser, folder / run / "report.html", name, axe)
                by_keyboard(checks, browser, folder / "RUN-valley/report.html")
                if told.shots:
                    shots(browser, folder / "RUN-valley/report.html", told.shots)
    finally:
        browser.close()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
