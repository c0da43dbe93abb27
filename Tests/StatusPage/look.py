"""look.py PAGES URL OUTPUT: looks at status pages with headless Chromium.

PAGES is a folder of pages, which are served as the admin listener serves them; URL is that of a real process, which is waited
for. Of each, in light and dark, wide and narrow: the HTML is valid, nothing but the page itself is asked for, the browser has
nothing to complain of, nothing is wider than the screen, each text can be read on what is behind it, each table and each picture has
a name. Screenshots go to OUTPUT. Ends with 1 and says what is wrong, when something is.
"""

import base64
import functools
import http.server
import json
import pathlib
import re
import sys
import threading
import time
import urllib.error
import urllib.request

import html5lib
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

SCREENS = {"wide": (1280, 900), "narrow": (360, 780)}

# The lowest contrast of a text with what is behind it, for each text that can be seen (WCAG 2.2, 1.4.3).
CONTRAST = r"""
const channel = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 };
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parts = colour => colour.match(/[\d.]+/g).map(Number);
const behind = element => {
  for (; element; element = element.parentElement) {
    const colour = parts(getComputedStyle(element).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim()) continue;
  const [one, other] = [parts(getComputedStyle(element).color), behind(element)].map(luminance).sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${walker.currentNode.data.slice(0, 40)}`);
}
return found;
"""

# What reaches beyond the screen, and tables that reach into their neighbours.
OVERFLOW = r"""
const width = document.documentElement.clientWidth;
const right = element => element.getBoundingClientRect().right;
const wide = [...document.querySelectorAll('table, figure')].filter(e => right(e) > right(e.parentElement) + 1)
  .map(e => `${e.textContent.slice(0, 40)}: ${Math.round(right(e))} > ${Math.round(right(e.parentElement))}`);
if (document.documentElement.scrollWidth <= width) return wide;
return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1)
  .slice(0, 5).map(e => `${e.tagName.toLowerCase()} ${Math.round(e.getBoundingClientRect().right)} > ${width}: ${e.textContent.slice(0, 40)}`);
"""


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the pages as the admin listener does, and remembers what is asked for."""

    policy = ""
    asked: list[str] = []

    def end_headers(self):
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


class Look:
    def __init__(self, output: pathlib.Path):
        self.output = output
        self.faults: list[str] = []
        options = Options()
        # Whatever is not on this machine leads nowhere.
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        options.binary_location = "/usr/bin/chromium"
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)

    def fault(self, place: str, words: str):
        self.faults.append(f"{place}: {words}")

    def look_at(self, name: str, url: str):
        self.read(name, url)
        for scheme in ("light", "dark"):
            for screen, (width, height) in SCREENS.items():
                self.show(f"{name}-{scheme}-{screen}", url, scheme, width, height)

    def read(self, name: str, url: str):
        """The HTML: valid, and bounded."""
        with urllib.request.urlopen(url) as answer:
            text = answer.read().decode()
            policy = answer.headers["Content-Security-Policy"]
        if policy != "default-src 'none'; style-src 'unsafe-inline'; img-src data:":
            self.fault(name, f"the policy is {policy!r}")
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        for place, code, data in parser.errors:
            self.fault(name, f"HTML at {place}: {code} {data}")
        if re.search(r"<script|https?://[^<]*\.(?:css|js|png|svg|woff)", text):
            self.fault(name, "it names something to load")

    def show(self, place: str, url: str, scheme: str, width: int, height: int):
        driver = self.driver
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        for log in ("performance", "browser"):
            driver.get_log(log)
        driver.get(url)
        background = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
        if (sum(map(int, re.findall(r"\d+", background)[:3])) > 384) != (scheme == "light"):
            self.fault(place, f"the background is {background}")
        for words in driver.execute_script(CONTRAST):
            self.fault(place, f"contrast {words}")
        for words in driver.execute_script(OVERFLOW):
            self.fault(place, f"wider than the screen: {words}")
        self.check_names(place)
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
        (self.output / f"{place}.png").write_bytes(base64.b64decode(shot["data"]))
        self.check_requests(place, url)

    def check_names(self, place: str):
        """What a screen reader calls tables and pictures."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        named = {"table", "image", "img"}
        roles = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n.get("ignored")]
        for role, name in roles:
            if role in named and not name:
                self.fault(place, f"a {role} has no name")
        for role, least in {"table": 8, "columnheader": 20, "rowheader": 1}.items():
            count = sum(1 for other, _ in roles if other == role)
            if count < least and not (role == "columnheader" and "starting" in place):
                self.fault(place, f"there are {count} of the role {role}")

    def check_requests(self, place: str, url: str):
        messages = [json.loads(e["message"])["message"] for e in self.driver.get_log("performance")]
        asked = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
        if url not in asked or asked - {url, "data:,"}:
            self.fault(place, f"asked for {sorted(asked)}")
        for entry in self.driver.get_log("browser"):
            self.fault(place, f"the browser says {entry['message']}")


def wait_for(url: str):
    for _ in range(600):
        try:
            return urllib.request.urlopen(url).close()
        except urllib.error.URLError:
            time.sleep(0.1)
    sys.exit(f"{url} does not answer")


def main():
    folder, url, output = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    Pages.policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Pages, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    look = Look(output)
    try:
        names = sorted(page.stem for page in folder.glob("*.html"))
        if len(names) < 7:
            sys.exit(f"there are pages of {names} alone")
        for name in names:
            look.look_at(name, f"http://127.0.0.1:{server.server_port}/{name}.html")
        other = set(Pages.asked) - {f"/{name}.html" for name in names}
        if other:
            look.fault("all", f"also asked for {sorted(other)}")
        wait_for(url)
        look.look_at("process", url)
    finally:
        look.driver.quit()
    for fault in look.faults:
        print(fault)
    print(f"{len(names) + 1} pages, {4 * (len(names) + 1)} screenshots in {output}: {len(look.faults)} faults")
    sys.exit(1 if look.faults else 0)


if __name__ == "__main__":
    main()
