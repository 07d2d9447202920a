"""Texts that would do something in a page that took them for more than text, and runs that hold them in
every field."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

RUN = "window.ran=1;alert(1)"
TAGS = ["script", "img", "svg", "iframe", "object", "embed", "video", "body", "details", "math", "base", "link", "style", "form", "meta", "template"]
EVENTS = ["onerror", "onload", "onclick", "onmouseover", "onfocus", "ontoggle", "onanimationstart", "onpointerenter"]
SCHEMES = ["javascript:", "JaVaScRiPt:", "java\tscript:", "\x01javascript:", "data:text/html,", "vbscript:", "blob:", "file:///etc/passwd#"]
ENDS = ["</script>", "</SCRIPT >", "</style>", "</title>", "</textarea>", "-->", "]]>", "<!--", "<!--<script>", "</template>", "\"></a>", "'>"]
TEMPLATES = ["{{constructor.constructor('%s')()}}", "${%s}", "<%%= %s %%>", "#{%s}", "{%% raw %%}%s", "[[%s]]", "`${%s}`", "{{{%s}}}"]
SIGNS = ["\u2028", "\u2029", "\u202e", "\u2066", "\u2067\u2068", "\u200f", "\x00", "\x1b[31m", "\x7f", "\x85", "\ufeff", "\ufffe", "\U000e0041", "\u0301" * 80, "\ud7ff", "\U0010ffff", "﷽" * 30]
WORDS = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "length", "null", "undefined", "NaN", "-0", "1e999", "true", "id", "top", "location", "=HYPERLINK(\"http://example.invalid\")", "%s%n%x", "../../../../etc/passwd", "CON", "$(touch x)", "`id`", "'; DROP TABLE articles;--", "\\u003cscript\\u003e", "&lt;script&gt;", "&#x3c;script&#x3e;", "%3Cscript%3E"]


def texts() -> list[str]:
    """More than 700 of them, the same each time."""
    found = []
    for tag in TAGS:
        found.append(f"<{tag}>{RUN}</{tag}>")
        found.append(f"<{tag} src=x href=//example.invalid/{tag}>")
        found.append(f"<{tag}/{RUN}//")
        for event in EVENTS:
            found.append(f"<{tag} {event}={RUN}>")
            found.append(f'"><{tag} autofocus tabindex=1 {event}="{RUN}" style="animation:x">')
    for scheme in SCHEMES:
        found += [scheme + RUN, f'<a href="{scheme}{RUN}">x</a>', f"https://example.invalid/?u={scheme}{RUN}"]
    for end in ENDS:
        found += [end, f"{end}<script>{RUN}</script>", f"a{end}<img src=x onerror={RUN}>{end}", f"{end * 20}", f"\\{end}", f'{{"a":"{end}"}}']
    for template in TEMPLATES:
        found += [template % RUN, template % "7*7"]
    for sign in SIGNS:
        found += [sign, f"a{sign}b", f"<scr{sign}ipt>{RUN}</scr{sign}ipt>", f"<img{sign}src=x{sign}onerror={RUN}>", f"javascript{sign}:{RUN}"]
    found += WORDS + [f"<{word}>" for word in WORDS]
    found += ["x" * 5_000, "<" * 5_000, "&" * 5_000, "<b>" * 3_000, "𝓐" * 3_000, "\n" * 3_000, " " * 3_000 + "x", "'\"`" * 1_000]
    found += [f"<img src=https://example.invalid/{n}.png>" for n in range(40)]
    found += [f"<style>*{{background:url(//example.invalid/{n})}}</style>" for n in range(40)]
    found += [f"\"}}]</script><svg onload={RUN}>{n}" for n in range(80)]
    found += [f"'-{RUN}-'{n}" for n in range(60)] + [f"\";{RUN};//{n}" for n in range(60)]
    if len(set(found)) < 700:
        raise AssertionError(len(set(found)))
    return list(dict.fromkeys(found))


def dump(folder: Path) -> None:
    """Inputs for a run: rows whose every field is hostile, pages, lines that are none, and names of files."""
    chance = random.Random(3)
    some = texts()
    story = "The valley council met on Tuesday to speak about the bridge at {n}, and nobody who had come could say who was to pay for it, or when. "
    rows = []
    for n, text in enumerate(some):
        other = chance.choice(some)
        body = story.replace("{n}", f"mile {n}") + text
        recurs = f"Read more of {some[n % 5]} in our paper every morning before the ferry leaves"
        rows.append({"id": text, "text": f"{text}\n\n{body}\n\n{other}\n\n{body}\n\n{recurs}", "title": text, "author": text, "url": other,
                     "publisher": other, "source": text, "date": text, "language": text, text: other})
        if n % 3 == 0:
            rows.append({"id": f"{text}+", "text": f"{text}\n\n{body} Again.\n\n{other}\n\n{body}", "title": other, "url": f"https://{n}.example.invalid/{text}", "publisher": text})
    lines = [json.dumps(row) for row in rows] + [f"{text}".replace("\n", " ") for text in some]
    (folder / "<img src=x onerror=alert(1)>.jsonl").write_text("\n".join(lines) + "\n", errors="replace")
    for n, text in enumerate(some[::9]):
        page = f"<html><head><title>{text}</title><meta property=og:site_name content='{text}'></head><body><article><h1>{text}</h1><p>{story}{text}</p></article></body></html>"
        (folder / f"page-{n}.html").write_text(page, errors="replace")


def run_folder(run: Path) -> None:
    """A run as no run is: hostile where a run would have told by itself, as in kinds of facts and names of files."""
    some = texts()

    def text() -> Iterator[str]:
        while True:
            yield from some

    of = text()
    run.mkdir()
    files: dict[str, list[dict[str, object]]] = {"duplicates.jsonl": [], "removed.jsonl": [], "rejected.jsonl": [], "boilerplate.jsonl": [], "samples.jsonl": []}
    for n in range(len(some)):
        source = {"path": next(of), "record": next(of), "offset": n, "length": n}
        cluster = some[n // 3 % len(some)]
        method = ("exact", "near", "contained", "url")[n % 4]
        files["duplicates.jsonl"].append({"id": next(of), "source": source, "kept": next(of), "cluster": cluster, "method": method, "similarity": 0.5 + n % 50 / 100,
                                          "diff": {"added": 1, "dropped": 1}, "title": next(of), "published": next(of), "site": next(of), "url": next(of)})
        reason = ("repeat", "near_repeat", "promo", "boilerplate", "passage", "furniture", "markup")[n % 7]
        files["removed.jsonl"].append({"id": next(of), "source": source, "start": 0, "end": 1, "reason": reason, "of": None, "score": None, "stage": "within"})
        kind = ("malformed", "binary", "corrupt")[n % 3]
        files["rejected.jsonl"].append({"path": next(of), "record": next(of), "offset": n, "stage": "read", "error": next(of), "hint": next(of), "payload": next(of), "kind": kind})
        files["boilerplate.jsonl"].append({"line": next(of), "hash": next(of), "source": some[n // 10], "stories": n, "share": 0.5})
        files["samples.jsonl"].append({"kind": "removal", "id": next(of), "reason": reason, "stage": "within", "score": 0.5, "bytes": 9, "before": next(of), "text": next(of),
                                       "after": next(of), "left": next(of), "stays": next(of)})
        if n % 4 == 1:
            files["samples.jsonl"].append({"kind": "pair", "id": next(of), "kept": next(of), "cluster": cluster, "method": "near", "similarity": 0.7, "kept_text": f"{next(of)} {next(of)}",
                                           "text": f"{next(of)} {next(of)}"})
    listed = []
    for name, rows in files.items():
        text_of = "".join(json.dumps(row) + "\n" for row in rows)
        (run / name).write_text(text_of)
        listed.append({"name": name, "rows": len(rows), "bytes": len(text_of), "xxh3": next(of)})
    listed += [{"name": f"wet/{next(of)}", "rows": 1, "bytes": 1, "xxh3": next(of)} for _ in range(20)]
    n = len(some)
    removed = {"repeat": 50, "near_repeat": 40, "promo": 30, "boilerplate": 20, "passage": 10, "furniture": 5, "markup": 5}
    tally = {"read": 3 * n, "kept": n, "duplicates": n, "rejected": n, "text_bytes": 1000, "kept_bytes": 800, "removed_bytes": removed, "layout_bytes": 40}
    moments = [{"seconds": at / 10, "pass": some[at % 3], "done": at, "records": at * at, "memory_bytes": 1_000_000 + at} for at in range(40)]
    manifest = {"newsmill": next(of), "row_format": 1, "configuration": {"across": {"drop_threshold": 0.7}, **{text: next(of) for text in some}},
                "inputs": [{"path": text, "bytes": 1} for text in some], "files": listed, "tally": tally, "skipped": {next(of): 1, next(of): 2}, "balanced": True,
                "run": {"started": next(of), "seconds": 4.0, "threads": 2, "peak_memory_bytes": 1, "resumed": False, "timeline": moments}}
    (run / "manifest.json").write_text(json.dumps(manifest))
