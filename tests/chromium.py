"""Where the browser for the tests comes from.

``python tests/chromium.py`` prints the path of a Chromium that starts, fetching one if there is none:
``CHROMIUM``, then Chromium's headless shell (the same engine without windows, which costs a quarter less),
``chromium`` and ``google-chrome`` on the path, then Playwright's own, then apt.
Without any it prints why each way failed, and exits with 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# Each window would load two pages of its own into an address bar that nobody sees, for most of what it costs.
# The flag takes the place of Playwright's, so those of its list that a page can meet stand here too.
_WITHOUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)
FLAGS = (
    f"--disable-features={','.join(_WITHOUT)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoChromium(Exception):
    """No browser: the message says what was tried and what to do."""


def problem_with(path: str) -> str | None:
    """Why the program at this path is no browser that starts; None if it is one."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip() or f"exit code {done.returncode}")


def find_chromium() -> str:
    """Path of a browser that is already here.

    Raises:
        NoChromium: there is none, or the one named by ``CHROMIUM`` does not start.
    """
    if wanted := os.environ.get("CHROMIUM"):
        if problem := problem_with(wanted):
            raise NoChromium(f"CHROMIUM={wanted} does not start: {problem}")
        return wanted
    for path in map(shutil.which, NAMES):
        if path and problem_with(path) is None:
            return path
    # asked last: it cannot be asked beside a browser that is driven already
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    if problem_with(bundled) is None:
        return bundled
    raise NoChromium(f"no {', '.join(NAMES)} on the path, and Playwright's own is not installed")


def install_chromium() -> str:
    """Fetch a browser: Playwright's, else the distribution's where this is root on a Debian.

    Raises:
        NoChromium: neither way worked.
    """
    reasons = [_attempt([sys.executable, "-m", "playwright", "install", "chromium"])]
    try:
        return find_chromium()
    except NoChromium as error:
        reasons.append(str(error))
    if shutil.which("apt-get") and os.geteuid() == 0:
        reasons.append(_attempt(["apt-get", "update"]))
        for package in ("chromium-headless-shell", "chromium"):
            reasons.append(_attempt(["apt-get", "install", "-y", "--no-install-recommends", package]))
            if not reasons[-1]:
                break
        try:
            return find_chromium()
        except NoChromium as error:
            reasons.append(str(error))
    else:
        reasons.append("apt: needs root on a Debian or Ubuntu")
    raise NoChromium("\n  ".join(["could not get one:", *filter(None, reasons)]))


def _attempt(command: list[str]) -> str:
    """Run a command for its effect; what it said last, if it failed."""
    name = " ".join(command[-3:])
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{name}: {error}"
    said = next((line for line in done.stderr.splitlines() if "rror" in line), f"exit code {done.returncode}")
    return f"{name}: {said}" if done.returncode else ""


@contextmanager
def launch() -> Iterator[Browser]:
    """A running headless browser, closed at the end."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def main() -> int:
    """Print the path, or why there is none; the exit code says which."""
    try:
        try:
            print(find_chromium())
        except NoChromium as error:
            if os.environ.get("CHROMIUM"):
                raise
            print(f"{error}; fetching one", file=sys.stderr)
            print(install_chromium())
    except NoChromium as error:
        print(
            f"The browser tests need Chromium: {error}\n"
            "Install chromium or google-chrome, or point CHROMIUM at one, and run this again.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
