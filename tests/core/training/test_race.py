"""Networks that learn side by side: same batches, steps to go back to, gradients that add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import BadDataset, BadRecipe, TrainingFailed
from cnn_core.training.race.brought import task_of_data
from cnn_core.training.race.folder import RunFolder, ScoreRow, StepRow
from cnn_core.training.race.gradient import TOLERANCE, gradient_of_weight, watch_step, watched_layers
from cnn_core.training.race.learner import Learner
from cnn_core.training.race.nets import RUNNERS, build_net, find_runner
from cnn_core.training.race.race import Failed, Race
from cnn_core.training.race.scores import accuracy_under_shift, score
from cnn_core.training.race.settings import Settings, Timeline
from cnn_core.training.race.tasks import Task, drawn_task, move

BOTH = ("cnn", "mlp")
QUICK = Settings(batch=8, passes=1)


@pytest.fixture(scope="session")
def task() -> Task:
    """A few of the drawn shapes: enough to step on."""
    whole = drawn_task("shapes")
    return Task("few", "Few", whole.classes, whole.train[:96], whole.train_labels[:96], *_some(whole))


def _some(whole: Task) -> tuple[np.ndarray, np.ndarray]:
    return whole.test[:40], whole.test_labels[:40]


def run_to(race: Race, step: int) -> None:
    for row in race.run():
        if isinstance(row, StepRow) and min(state.step for state in race.states.values()) == step:
            return


def weights(race: Race) -> dict[str, bytes]:
    return {
        f"{net}/{part}/{name}": value.tobytes()
        for net, state in race.states.items()
        for part in ("parameters", "memory")
        for name, value in getattr(state, part).items()
    }


def test_nets_have_as_many_parameters() -> None:
    sizes = [build_net(kind, (1, 28, 28), 10).total_cost().parameters for kind in ("cnn", "mlp")]
    assert sizes == [6346, 6370]
    with pytest.raises(BadRecipe, match="at least 18 pixels"):
        build_net("cnn", (1, 12, 28), 10)


@pytest.mark.parametrize("name", ["shapes", "digits"])
def test_drawn_tasks_are_the_same_from_their_seed(name: str) -> None:
    task = drawn_task(name)
    assert task.train.shape == (2000, 1, 28, 28)
    assert task.test.shape == (500, 1, 28, 28)
    assert np.bincount(task.train_labels).min() > 2000 / len(task.classes) * 0.75
    again = drawn_task.__wrapped__(name)
    assert np.array_equal(task.test, again.test)
    assert np.array_equal(task.test_labels, again.test_labels)


def test_moved_pictures_leave_black_behind() -> None:
    x = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
    assert move(x, np.array([1, -1]))[0, 0].tolist() == [[0, 4, 5], [0, 7, 8], [0, 0, 0]]
    assert not move(x, np.array([3, 0])).any()


def test_all_runners_see_the_same_batches_and_each_picture_once_a_pass(task: Task) -> None:
    timeline = Timeline(replace(QUICK, batch=32, shift=2))
    plain, shuffled = (Learner(find_runner(net), task) for net in ("cnn", "mlp-shuffled"))
    shown, labels = plain.batch(1, timeline)
    mixed, again = shuffled.batch(1, timeline)
    assert np.array_equal(labels, again)
    assert np.array_equal(task.seen(shown, True), mixed)
    assert not np.array_equal(shown, mixed)
    still = Timeline(replace(QUICK, batch=32))
    one_pass = np.concatenate([plain.batch(step, still)[0] for step in (1, 2, 3)]).reshape(96, -1)
    assert len(np.unique(one_pass, axis=0)) == len(np.unique(task.train.reshape(96, -1), axis=0))


def test_shuffled_mlp_with_permuted_columns_has_the_losses_of_the_plain_one(task: Task) -> None:
    timeline = Timeline(Settings(batch=16, rate=0.02))
    learners = [Learner(find_runner(net), task) for net in ("mlp", "mlp-shuffled")]
    states = [learner.first(timeline.first) for learner in learners]
    gaps, losses = [], []
    for _ in range(40):
        steps = [learner.advance(state, timeline) for learner, state in zip(learners, states, strict=True)]
        states = [state for state, _ in steps]
        losses.append(steps[0][1].loss)
        gaps.append(abs(steps[0][1].loss - steps[1][1].loss))
    assert max(gaps) < 2e-6
    assert losses[-1] < losses[0]
    unlike = Learner(find_runner("mlp-shuffled"), task).look(learners[0].first(timeline.first), timeline)
    assert abs(unlike.loss - losses[0]) > 1e-4  # without its columns permuted it is another network


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("net", [runner.id for runner in RUNNERS])
def test_products_of_all_places_add_up_to_the_gradient_the_optimizer_used(
    task: Task, net: str, optimizer: str
) -> None:
    timeline = Timeline(Settings(batch=8, optimizer=optimizer, rate=0.01, decay=0.01))
    learner = Learner(find_runner(net), task)
    state = learner.first(timeline.first)
    for _ in range(2):
        state, _ = learner.advance(state, timeline)
    step = watch_step(learner, state, timeline)
    made, passed = learner.advance(state, timeline)
    rng = np.random.default_rng(3)
    for layer in watched_layers(learner):
        shape = made.parameters[f"{layer}.weight"].shape
        for _ in range(5):
            index = tuple(int(rng.integers(n)) for n in shape)
            found = gradient_of_weight(step, layer, index)
            assert found.used == passed.gradients[f"{layer}.weight"][index]
            assert abs(found.products.sum() - found.used) <= TOLERANCE * found.largest
            assert found.agrees
            places = learner.graph.shapes[layer][2:] or (1, 1)
            assert found.products.shape == (8, *places)
            assert found.update["after"] == made.parameters[f"{layer}.weight"][index]
            check_update(found.update, found.used, optimizer)


def check_update(update: dict[str, float], gradient: float, optimizer: str) -> None:
    """The formula that is shown, with the numbers that are shown, gives the weight that is shown."""
    change = gradient
    if optimizer == "momentum":
        change = update["velocity"]
        assert change == pytest.approx(0.9 * update["velocity_before"] + gradient, rel=1e-4, abs=1e-8)
    if optimizer == "adam":
        size = np.sqrt(update["square"] * update["square_scale"]) + 1e-8
        change = update["mean"] * update["mean_scale"] / size
    after = update["before"] * (1 - update["rate"] * update["decay"]) - update["rate"] * change
    assert update["after"] == pytest.approx(after, rel=1e-5, abs=1e-8)


def test_a_sum_that_lacks_a_place_does_not_agree(task: Task) -> None:
    timeline = Timeline(QUICK)
    learner = Learner(find_runner("cnn"), task)
    found = gradient_of_weight(watch_step(learner, learner.first(QUICK), timeline), "conv_1", (2, 0, 1, 3))
    lacking = replace(found, total=found.total - float(np.abs(found.products).max()))
    assert found.agrees
    assert not lacking.agrees


def test_gradient_is_that_of_central_differences(task: Task) -> None:
    timeline = Timeline(QUICK)
    learner = Learner(find_runner("cnn"), task)
    state = learner.first(QUICK)
    double = replace(state, parameters={n: v.astype(np.float64) for n, v in state.parameters.items()})
    found = gradient_of_weight(watch_step(learner, double, timeline), "conv_2", (4, 3, 1, 2))
    losses = []
    for nudge in (1e-6, -1e-6):
        moved = double.parameters["conv_2.weight"].copy()
        moved[4, 3, 1, 2] += nudge
        nudged = replace(double, parameters={**double.parameters, "conv_2.weight": moved})
        losses.append(learner.look(nudged, timeline).loss)
    assert found.total == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-5)


def test_what_is_no_weight_is_refused(task: Task) -> None:
    learner = Learner(find_runner("cnn"), task)
    step = watch_step(learner, learner.first(QUICK), Timeline(QUICK))
    with pytest.raises(BadRecipe, match=r"no weights in 'relu_1'; layers: conv_1, conv_2, conv_3, output"):
        gradient_of_weight(step, "relu_1", (0, 0, 0, 0))
    with pytest.raises(BadRecipe, match=r"conv_1.weight has shape \(8, 1, 5, 5\), no weight \(8, 0, 0, 0\)"):
        gradient_of_weight(step, "conv_1", (8, 0, 0, 0))


def test_going_back_and_on_gives_the_weights_of_never_having_been_back(tmp_path: Path, task: Task) -> None:
    straight = Race.create(tmp_path / "straight", task, replace(QUICK, passes=5, shift=1), BOTH)
    scrubbed = Race.create(tmp_path / "scrubbed", task, replace(QUICK, passes=5, shift=1), BOTH)
    run_to(straight, 50)
    run_to(scrubbed, 47)
    past = scrubbed.state_at("cnn", 36)  # between two that are kept
    scrubbed.back(36)
    for name, value in scrubbed.states["cnn"].parameters.items():
        assert value.tobytes() == past.parameters[name].tobytes()
    assert {row.step for row in scrubbed.folder.steps()} == set(range(1, 37))
    run_to(scrubbed, 50)
    assert weights(scrubbed) == weights(straight)
    rows = [(row.net, row.step, row.loss) for row in scrubbed.folder.steps()]
    assert rows == [(row.net, row.step, row.loss) for row in straight.folder.steps()]


def test_a_race_taken_up_again_is_the_race_that_never_stopped(tmp_path: Path, task: Task) -> None:
    straight = Race.create(tmp_path / "straight", task, QUICK, BOTH)
    run_to(straight, 12)
    killed = Race.create(tmp_path / "killed", task, QUICK, BOTH)
    run_to(killed, 7)  # no farewell: rows are on disk, the newest state may not be
    with (killed.folder.path / "steps.csv").open("a") as file:
        file.write("cnn,8,0.5")  # a row that was being written
    again = Race(tmp_path / "killed")
    run_to(again, 12)
    assert weights(again) == weights(straight)
    assert [row.step for row in again.folder.steps() if row.net == "cnn"] == list(range(1, 13))


def test_a_late_runner_catches_up_with_the_same_batches(tmp_path: Path, task: Task) -> None:
    race = Race.create(tmp_path / "late", task, QUICK, ("cnn",))
    run_to(race, 6)
    race.change("rate", 0.01)
    race.enter(BOTH)
    run_to(race, 9)
    together = Race.create(tmp_path / "together", task, QUICK, BOTH)
    run_to(together, 6)
    together.change("rate", 0.01)
    run_to(together, 9)
    assert weights(race) == weights(together)


def test_a_change_acts_from_its_step_and_undoing_it_goes_back(tmp_path: Path, task: Task) -> None:
    race = Race.create(tmp_path / "run", task, QUICK, BOTH)
    run_to(race, 5)
    before = weights(race)
    race.change("rate", 0.001)
    race.change("rate", 0.002)
    race.change("optimizer", "adam")
    run_to(race, 8)
    rates = {row.step: row.rate for row in race.folder.steps()}
    assert (rates[5], rates[6]) == (0.05, 0.002)
    assert [(c.step, c.name, c.before, c.after) for c in race.timeline.changes] == [
        (5, "rate", 0.05, 0.002),
        (5, "optimizer", "momentum", "adam"),
    ]
    assert Race(tmp_path / "run").timeline == race.timeline
    race.change("batch", 16)
    race.back(6)
    assert [change.step for change in race.timeline.changes] == [5, 5]
    race.undo(0)
    assert weights(race) == before
    assert [change.name for change in race.timeline.changes] == ["optimizer"]
    with pytest.raises(BadRecipe, match="init makes the first weights"):
        race.change("init", "zeros")


def test_batch_size_changed_on_the_way_shows_no_picture_twice(task: Task) -> None:
    timeline = Timeline(Settings(batch=16, passes=2)).changed(2, "batch", 8)
    learner = Learner(find_runner("cnn"), task)
    sizes = [len(learner.batch(step, timeline)[0]) for step in range(1, 11)]
    assert sizes == [16, 16, *[8] * 8]
    assert timeline.seen(11) == len(task.train)
    assert timeline.total(len(task.train)) == 2 + (2 * 96 - 32) // 8


def test_cosine_schedule_falls_to_nothing_at_the_last_step() -> None:
    timeline = Timeline(Settings(rate=0.1, schedule="cosine", batch=10, passes=1))
    assert timeline.rate(1, 100) == 0.1
    assert timeline.rate(6, 100) == pytest.approx(0.05)
    longer = timeline.changed(5, "passes", 2)
    assert longer.rate(5, 100) == timeline.rate(5, 100)
    assert longer.rate(6, 100) > timeline.rate(6, 100)


def test_a_loss_that_is_not_finite_stops_that_network_and_says_the_step(tmp_path: Path, task: Task) -> None:
    race = Race.create(tmp_path / "run", task, replace(QUICK, optimizer="sgd"), BOTH)
    run_to(race, 2)
    race.change("rate", 100)
    race.change("decay", 1)
    rows = list(race.run())
    failures = [row for row in rows if isinstance(row, Failed)]
    assert failures
    assert failures[0].step > 2
    assert Race(tmp_path / "run").failed == race.failed
    assert all(np.isfinite(v).all() for s in race.states.values() for v in s.parameters.values())
    race.back(2)
    race.change("rate", 0.01)
    assert not race.failed
    assert not [row for row in race.run() if isinstance(row, Failed)]
    assert all(state.step == race.total for state in race.states.values())


def test_scores_are_those_of_the_answers(tmp_path: Path, task: Task) -> None:
    race = Race.create(tmp_path / "run", task, QUICK, BOTH)
    rows = list(race.run())
    learner, state = race.learners["cnn"], race.states["cnn"]
    found = score(learner, state.parameters)
    last = [row for row in rows if isinstance(row, ScoreRow) and row.net == "cnn"][-1]
    assert (last.step, last.right, last.count) == (race.total, found.right, 40)
    assert found.confusion.sum() == 40
    assert found.right == np.count_nonzero(found.said == task.test_labels)
    curve = accuracy_under_shift(learner, state.parameters, np.array([-3, 0]))
    assert curve[1] == found.right / 40
    assert curve[0] == score(learner, state.parameters, (-3, 0)).right / 40


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("rate", 0, "rate must be a number from 1e-06 to 100, got 0"),
        ("rate", float("nan"), "rate must be a number"),
        ("batch", 2.5, "batch must be a whole number from 1 to 512, got 2.5"),
        ("batch", True, "batch must be a whole number"),
        ("optimizer", "rmsprop", "optimizer must be sgd or momentum or adam, got 'rmsprop'"),
        ("speed", 1, "no setting 'speed'; settings: rate, batch,"),
        ("passes", 1001, "passes must be a whole number from 1 to 1000"),
    ],
)
def test_settings_that_make_no_sense_are_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(BadRecipe, match=message):
        Settings().with_value(name, value)


def test_own_pictures_need_enough_of_each_class(tmp_path: Path) -> None:
    images = np.zeros((20, 28, 28), np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.array([0] * 17 + [1] * 3))
    with pytest.raises(BadDataset, match="class '1' has 3 of at least 8 pictures"):
        task_of_data(tmp_path / "few.npz")
    np.savez(tmp_path / "enough.npz", images=images, labels=np.array([0] * 10 + [1] * 10))
    task = task_of_data(tmp_path / "enough.npz")
    assert (len(task.train), len(task.test), task.classes) == (16, 4, ("0", "1"))


def test_damaged_folders_are_told(tmp_path: Path, task: Task) -> None:
    with pytest.raises(TrainingFailed, match="no race is in there"):
        Race(tmp_path)
    race = Race.create(tmp_path / "run", task, QUICK, ("mlp",))
    with pytest.raises(TrainingFailed, match="a race is in there"):
        Race.create(tmp_path / "run", task, QUICK, ("mlp",))
    with pytest.raises(BadRecipe, match="no net 'vgg'; nets: cnn, mlp"):
        race.enter(["vgg"])
    with pytest.raises(BadRecipe, match="at most 20,000 steps"):
        Race.create(tmp_path / "long", task, replace(QUICK, batch=1, passes=500), ("mlp",))
    (tmp_path / "run/states/mlp-000000.safetensors").write_bytes(b"no")
    with pytest.raises(TrainingFailed, match="not a whole state"):
        RunFolder(tmp_path / "run").last("mlp")
