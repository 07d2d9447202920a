"""Headless Chromium over the DevTools protocol, by the pipes it opens for that; needs nothing but Python."""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any


class Browser:
    """One browser with one page. `events` holds what it told, in order."""

    def __init__(self) -> None:
        binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if binary is None:
            raise SystemExit("no chromium: apt-get install chromium")
        self.profile = tempfile.mkdtemp(prefix="newsmill-chromium-")
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()

        def pipes() -> None:
            # The browser reads from 3 and writes to 4. Moved out of the way first.
            high = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read, to_write)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        flags = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars"]
        flags += ["--disable-background-networking", "--disable-component-update", f"--user-data-dir={self.profile}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        self.process = subprocess.Popen(
            [binary, *flags, "about:blank"], preexec_fn=pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_read)
        os.close(to_write)
        self.numbers = itertools.count(1)
        self.buffer = b""
        self.events: list[dict[str, Any]] = []
        self.session: str | None = None
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self, patience: float) -> dict[str, Any] | None:
        """The next message, if there is one in so many seconds."""
        until = time.monotonic() + patience
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.back], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return None
            read = os.read(self.back, 1 << 20)
            if not read:
                raise RuntimeError("the browser has gone")
            self.buffer += read
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def note(self, message: dict[str, Any]) -> None:
        self.events.append(message)
        if message.get("method") == "Page.javascriptDialogOpening":
            # It would wait for an answer for ever.
            os.write(self.to, self.request("Page.handleJavaScriptDialog", {"accept": False})[1])

    def request(self, method: str, parameters: dict[str, Any]) -> tuple[int, bytes]:
        number = next(self.numbers)
        request = {"id": number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        return number, json.dumps(request).encode() + b"\0"

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number, request = self.request(method, parameters)
        while request:
            request = request[os.write(self.to, request) :]
        while True:
            message = self.message(120)
            if message is None:
                raise RuntimeError(f"no answer to {method}")
            if message.get("id") != number:
                self.note(message)
            elif "error" in message:
                raise RuntimeError(f"{method}: {message['error']}")
            else:
                return message["result"]

    def settle(self, seconds: float) -> None:
        """Takes what is told until nothing has been for so long."""
        while (message := self.message(seconds)) is not None:
            self.note(message)

    def evaluate(self, expression: str, **more: Any) -> Any:
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, **more)
        if "exceptionDetails" in done:
            raise RuntimeError(json.dumps(done["exceptionDetails"])[:600])
        return done["result"].get("value")

    def open(self, page: Path) -> None:
        """Opens a page and waits until its charts are drawn."""
        self.call("Page.navigate", url=page.resolve().as_uri())
        for _ in range(600):
            if self.evaluate("document.readyState === 'complete' && Boolean(document.documentElement.dataset.drawn)"):
                return
            self.settle(0.05)
        raise RuntimeError(f"{page} is never drawn: {self.complaints()}")

    def window(self, width: int, height: int, scale: float = 1, mobile: bool = False) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=mobile)

    def scheme(self, name: str) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def shoot(self, to: Path, height: int | None = None, top: int = 0) -> None:
        clip = {}
        if height:
            width = self.evaluate("innerWidth")
            clip = {"clip": {"x": 0, "y": top, "width": width, "height": height, "scale": 1}, "captureBeyondViewport": True}
        shot = self.call("Page.captureScreenshot", format="png", **clip)
        to.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """Whatever a quiet page does not do: dialogs, requests, errors, breaches of its policy."""
        said = []
        pages = 0
        for event in self.events:
            method, of = event.get("method", ""), event.get("params", {})
            if method == "Network.requestWillBeSent":
                url = of["request"]["url"]
                if url.startswith("file://") and of["type"] == "Document" and of["documentURL"] == url:
                    pages += 1
                elif not url.startswith("data:,"):
                    said.append(f"request: {url[:200]}")
            elif method in ("Page.javascriptDialogOpening", "Page.windowOpen", "Page.downloadWillBegin", "Runtime.exceptionThrown"):
                said.append(f"{method}: {json.dumps(of)[:300]}")
            elif method == "Runtime.consoleAPICalled":
                said.append(f"console: {json.dumps(of['args'])[:300]}")
            elif method == "Log.entryAdded":
                said.append(f"log: {of['entry']['level']}: {of['entry']['text'][:300]}")
            elif method == "Audits.issueAdded":
                said.append(f"issue: {json.dumps(of['issue'])[:300]}")
        return said
