"""A run of ``convscope train`` in a browser: what the page says is what lies in the run's folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app.config import Settings
from app.services.locks import locked
from app.services.training_runs.run import TRAINER_LOCK
from cnn_core.training.race.folder import RunFolder, ScoreRow, StepRow
from tests.api.live import Live, served
from tests.api.test_training_runs import run
from tests.browser.conftest import Complaints, OpenPage
from tests.browser.looks import seems_right


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    data = tmp_path_factory.mktemp("data")
    run(data / "runs" / "pets", stop=7, name="small", command="convscope train small --data pets")
    with served(Settings(data_folder=data)) as live:
        yield live


def test_a_run_is_followed_and_opened_at_the_steps_that_were_kept(
    lab: Live, complaints: Complaints, open_page: OpenPage
) -> None:
    complaints.home = str(lab.client.base_url).rstrip("/")
    files = RunFolder(lab.services.training_runs.folder / "pets")
    with locked(files.path / TRAINER_LOCK):
        page = open_page(complaints.home + "/train?run=pets", ready=False)
        lead = page.locator(".lead")
        expect(lead).to_contain_text("Running. Step 7 of 12")
        files.append(StepRow("small", 8, 0.25, 0.5, 0.001, 2.0))
        files.append(ScoreRow("small", 8, 15, 20))
        expect(lead).to_contain_text("Running. Step 8 of 12, 75.0 % of 20 held-back images right")
    expect(lead).to_contain_text("Stopped. Step 8 of 12")
    expect(page.locator("trained-recipe")).to_contain_text("convscope train small --data pets")

    row = files.steps()[3]
    page.locator("body").press("Home")
    for _ in range(4):
        page.locator("body").press("ArrowRight")
    expect(page.locator(".sheet-head small")).to_have_text("at step 4")
    expect(page.locator("trained-lead")).to_contain_text(f"Loss at step 4{row.loss:.3f}")
    page.get_by_role("button", name="Filter 2").press("Enter")
    page.get_by_role("button", name="Kernel for channel 1").press("Enter")
    weight = files.load("small", 4).parameters["conv.weight"][2, 1]
    kernel = page.locator(".kernel button")
    expect(kernel).to_have_text([f"{value:.2f}".replace("-", "−") for value in weight.ravel()])
    kernel.nth(5).click()
    expect(page.locator(".facts .times")).to_have_text(f"{weight[1, 2]:.5f}".replace("-", "−"))
    page.wait_for_url("**/train?run=pets&step=4&filter=2&channel=1&row=1&column=2")
    first, last = (files.load("small", step).parameters["conv.weight"][2, 1, 1, 2] for step in (0, 7))
    told = page.locator(".weight-chart").get_attribute("aria-label") or ""
    found = [float(part.replace("−", "-")) for part in told.replace("to ", "from ").split("from ")[1:]]
    assert found == pytest.approx([first, last], abs=5e-4)
    seems_right(page)

    page.get_by_role("button", name="Open in").click()
    page.get_by_role("button", name="Explore every layer").click()
    page.wait_for_url("**/?model=*")
    expect(page.locator("model-picker")).to_contain_text("pets, step 4")
