"""Every page through app.py, without a browser: what is chosen, what is said of a run, and what is sent to be drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visit import DENSE, LESSON, PAPER, Scripted, chart, drawn, event, in_place, opened, status, tiles, trained, wait

from lenet_explain.backends.starting_weights import starting_weights
from lenet_explain.checkpoints.cards import CheckpointError
from lenet_explain.checkpoints.shipped import load_shipped
from lenet_explain.jobs import JobState, Queue
from lenet_explain.jobs.wire import packed
from lenet_explain.network.named import NETWORKS, network_named
from lenet_explain.recipes.recipe import Recipe
from lenet_explain.ui.visit import trained as trained_weights

pytestmark = pytest.mark.usefixtures("no_mnist")

LAYERS = [(key, layer.name) for key, network in NETWORKS.items() for layer in network.layers]


def ladders(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(proto.json)[0] for proto in drawn(app, "lenet_ladder")]


@pytest.mark.parametrize(("page", "title"), [(LESSON, "LeNet-5, side by side"), (PAPER, "What the paper says")])
def test_a_page_opens_with_its_title(app: AppTest, jobs: Scripted, page: str, title: str) -> None:
    app.run().switch_page(page).run()
    assert not app.exception
    assert [heading.value for heading in app.title] == [title]
    assert not app.error
    assert not app.warning


def test_every_page_file_is_in_the_navigation(root: Path) -> None:
    listed = (root / "app.py").read_text("utf-8")
    for file in (root / "pages").rglob("*.py"):
        assert f'"{file.relative_to(root).as_posix()}"' in listed


@pytest.mark.parametrize(("network", "layer"), LAYERS)
def test_all_four_views_show_the_layer_of_the_link(app: AppTest, jobs: Scripted, network: str, layer: str) -> None:
    opened(app, {"network": network, "layer": layer})
    shapes, parameters = ladders(app)
    names = [each.name for each in NETWORKS[network].layers]
    for ladder, view in ((shapes, "shapes"), (parameters, "parameters")):
        assert (ladder["view"], ladder["chosen"]) == (view, layer)
        assert [row["name"] for row in ladder["rows"]] == [*names, "TOTAL"]
    assert tiles(app)[0]["layer"] == layer
    assert chart(app)["panels"][2]["head"].startswith(f"gradient of {layer},")
    assert app.expander[0].label == f"Every number of {layer}, worked out"
    views = ["1 · Shapes", "2 · Parameters", "3 · Filters", "4 · Training"]
    assert [heading.value for heading in app.subheader][:4] == views


def test_a_link_restores_every_choice(app: AppTest, jobs: Scripted) -> None:
    link = {"network": "lenet-28", "layer": "C3", "recipe": "plain-sgd", "data": "digits-by-writer", "loss": "mse"}
    numbers = {"seed": "7", "epochs": "3", "rate": "0.05", "batch": "16"}
    words = {"optimiser": "momentum", "start": "he"}
    trained(opened(app, link | numbers | words))
    [task] = jobs.tasks
    assert (task["task"], task["network"], task["data"]) == ("train", "lenet-28", "digits-by-writer")
    assert Recipe(**task["recipe"]) == Recipe(
        optimiser="momentum", rate=0.05, schedule="constant", batch=16, epochs=3, loss="mse", start="he", seed=7
    )


def without_shipped_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(network: str) -> None:
        raise CheckpointError(f"there is no file {network}.safetensors")

    monkeypatch.setattr(trained_weights, "shipped", missing)


def test_the_shipped_weights_and_what_they_read_are_there_at_first(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE | {"layer": "C1"})
    weights, card = load_shipped("lenet5-dense")
    head, numbers = tiles(app)
    assert head["titles"] == ["before training", "trained on MNIST"]
    np.testing.assert_array_equal(numbers[len(numbers) // 2 :], weights["C1"]["kernels"].ravel())
    reached = card.reached
    assert f"Trained beforehand, it reads {reached.right:,} of {reached.total:,} digits" == app.subheader[4].value


def test_the_seed_of_a_link_decides_the_first_weights(
    app: AppTest, jobs: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_shipped_files(monkeypatch)
    shown = [tiles(opened(app, DENSE | {"seed": "7"}))[1].tolist()]
    for seed in (7, 8, 7):
        app.number_input(key="seed").set_value(seed).run()
        shown.append(tiles(app)[1].tolist())
    assert shown[0] == shown[1] == shown[3] != shown[2]
    assert tiles(app)[0]["titles"] == ["before training"]


def test_a_layer_chosen_in_its_field_is_followed_by_every_view(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE)
    app.selectbox(key="layer").select("C5").run()
    assert {ladder["chosen"] for ladder in ladders(app)} == {"C5"}
    assert tiles(app)[0]["layer"] == "C5"
    assert chart(app)["panels"][2]["head"].startswith("gradient of C5,")


def test_a_network_without_the_chosen_layer_falls_back_to_one_it_has(app: AppTest, jobs: Scripted) -> None:
    opened(app, {"network": "lenet-modern", "layer": "B3"})
    app.selectbox(key="network").select("lenet5").run()
    assert not app.exception
    assert ladders(app)[0]["chosen"] in [layer.name for layer in NETWORKS["lenet5"].layers]


@pytest.mark.parametrize(
    "query",
    [
        {"network": "lenet-6"},
        {"network": ""},
        {"network": "lenet5", "layer": "B3"},
        {"layer": "c1"},
        {"data": "cifar"},
        {"recipe": "magic"},
        {"rate": "999"},
        {"rate": "abc"},
        {"rate": "nan"},
        {"rate": "-inf"},
        {"rate": "1e999"},
        {"seed": "1e400"},
        {"epochs": "inf"},
        {"batch": "-1e400"},
        {"rate": "0"},
        {"seed": "-1"},
        {"seed": "99999999999999999999"},
        {"batch": "0"},
        {"epochs": "1e9"},
        {"optimiser": "<script>"},
        {"unheard": "of"},
    ],
    ids=str,
)
def test_a_link_with_an_impossible_choice_opens_as_if_it_had_none(
    app: AppTest, jobs: Scripted, query: dict[str, str]
) -> None:
    trained(opened(app, query))
    [task] = jobs.tasks
    assert task["network"] == "lenet5"
    assert Recipe(**task["recipe"]) == Recipe(loss="mse", start="root")
    assert ladders(app)[0]["chosen"] == "C1"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            {"network": "lenet5", "epochs": "1.5"},
            "This recipe cannot train lenet5: epochs is 1.5, and must be a whole number.",
        ),
        (
            {"network": "lenet-modern", "batch": "1"},
            "This recipe cannot train lenet-modern: batch is 1, and must be at least 2: "
            "lenet-modern normalises over the batch.",
        ),
        (
            {"network": "lenet5-dense", "loss": "map"},
            "This recipe cannot train lenet5-dense: loss 'map' needs distances to glyphs, "
            "and lenet5-dense ends in logits.",
        ),
    ],
)
def test_a_recipe_that_does_not_fit_is_explained_and_cannot_be_started(
    app: AppTest, jobs: Scripted, query: dict[str, str], said: str
) -> None:
    opened(app, query)
    assert [error.value for error in app.error] == [said]
    assert app.button(key="train").disabled


def test_before_a_run_only_train_can_be_pressed(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE)
    assert status(app) == "Press Train: Dense LeNet (tanh) trains for 15 epochs."
    assert [app.button(key=key).disabled for key in ("train", "stop", "reset")] == [False, True, True]
    assert tiles(app)[0]["titles"] == ["before training", "trained on MNIST"]
    assert all(column == [] for column in chart(app)["columns"].values())


GOING_ON = [
    (JobState("waiting", place=2, waiting=3), 0, "Number 2 of 3 in the queue."),
    (JobState("starting"), 0, "Starting the training process …"),
    (JobState("running"), 0, "Starting the training process …"),
    (JobState("running"), 1, "Step 0 of 200, epoch 0 of 4 · measuring"),
    (JobState("running"), 2, "Step 50 of 200, epoch 1 of 4 · 320 images/s · 15 s left"),
    (JobState("stopping"), 2, "Stopping: step 50 of 200, epoch 1 of 4 in 5.0 s"),
]
OVER = [
    (JobState("finished"), 2, "Finished: step 50 of 200, epoch 1 of 4 in 5.0 s"),
    (JobState("stopped"), 2, "Stopped: step 50 of 200, epoch 1 of 4 in 5.0 s"),
    (JobState("stopped"), 0, "Stopped before the first step."),
    (JobState("failed", message="the loss is nan: lower the rate"), 2, "The loss is nan: lower the rate."),
    (JobState("lost", message="the process is gone: start again"), 2, "The process is gone: start again."),
    (JobState("lost", message="the process is gone: start again"), 0, "The process is gone: start again."),
]


@pytest.mark.parametrize(("now", "events", "words"), GOING_ON + OVER)
def test_each_phase_of_a_run_has_its_words_and_its_buttons(
    app: AppTest, jobs: Scripted, now: JobState, events: int, words: str
) -> None:
    trained(opened(app, DENSE))
    for number in range(events):
        jobs.history.add(event(50 * number))
    jobs.now = now
    app.run()
    assert not app.exception
    assert status(app) == words
    assert [app.button(key=key).disabled for key in ("train", "stop", "reset")] == [
        not now.over,
        now.over,
        not now.over,
    ]


def test_a_run_that_the_server_stopped_says_so_and_what_a_message_says_is_no_markdown(
    app: AppTest, jobs: Scripted
) -> None:
    trained(opened(app, DENSE))
    jobs.history.add(event(50))
    jobs.now = JobState("stopped", message="a job may take *20* minutes here")
    app.run()
    assert status(app) == "Stopped: step 50 of 200, epoch 1 of 4 in 5.0 s"
    assert app.warning[0].value == r"A job may take \*20\* minutes here\; what it reached until then stays\."


def test_a_run_sends_its_new_weights_and_every_point_of_its_curve(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    jobs.now = JobState("running")
    jobs.history.add(event(0))
    jobs.history.add(event(50, seed=1))
    app.run()
    head, numbers = tiles(app)
    assert head["titles"] == ["before training", "now"]
    for seed, shown in enumerate(np.split(numbers, 2)):
        weights = starting_weights(network_named("lenet5-dense"), "xavier", seed)["C1"]["kernels"]
        assert sorted(shown.tolist()) == sorted(weights.ravel().tolist())
    columns = chart(app)["columns"]
    assert columns["step"] == [0, 50]
    assert columns["test_loss"] == [2.25, 2.25]
    assert columns["training_loss"] == [None, 1.5]
    assert columns["gradient"] == [None, 0.1]


def test_a_rerun_without_news_sends_the_same_bytes(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    jobs.now = JobState("running")
    jobs.history.add(event(50))
    sent = [(app.run(), drawn(app, "lenet_tiles")[0].bytes, chart(app)) for _ in range(2)]
    assert sent[0][1:] == sent[1][1:]


def test_stop_asks_the_queue_to_stop_this_run(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    app.button(key="stop").click().run()
    assert jobs.cancelled == ["job 1"]


def test_reset_brings_the_page_before_the_run_back(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE)
    before = drawn(app, "lenet_tiles")[0].bytes, chart(app), status(app)
    trained(app)
    jobs.history.add(event(200, seed=1))
    jobs.now = JobState("finished")
    app.run()
    assert drawn(app, "lenet_tiles")[0].bytes != before[0]
    app.button(key="reset").click().run()
    assert not app.exception
    assert (drawn(app, "lenet_tiles")[0].bytes, chart(app), status(app)) == before
    assert len(app.subheader) == 5


def test_a_run_is_still_there_after_a_visit_to_another_page(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    jobs.history.add(event(50))
    jobs.now = JobState("running")
    app.switch_page(PAPER).run()
    assert not app.exception
    app.switch_page(LESSON).run()
    assert not app.exception
    assert app.selectbox(key="network").value == "lenet5-dense"
    assert status(app).startswith("Step 50 of 200")


def test_another_networks_run_is_mentioned_and_not_shown(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    jobs.history.add(event(50))
    jobs.now = JobState("running")
    app.selectbox(key="network").select("lenet-28").run()
    assert [note.value for note in app.info] == [
        "lenet5-dense is still training: choose it above to watch or to stop it."
    ]
    assert status(app).startswith("Press Train: LeNet on 28×28")
    app.selectbox(key="network").select("lenet5-dense").run()
    assert status(app).startswith("Step 50 of 200")


def test_a_full_queue_is_said_once_and_leaves_no_run(app: AppTest, jobs: Scripted) -> None:
    jobs.refusal = "100 runs are waiting already: try again in a few minutes"
    trained(opened(app, DENSE))
    assert [note.value for note in app.warning] == ["100 runs are waiting already: try again in a few minutes."]
    assert not app.button(key="train").disabled
    app.run()
    assert not app.warning
    jobs.refusal = None
    trained(app)
    assert len(jobs.tasks) == 1


def test_results_follow_a_finished_run(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    jobs.history.add(event(200, right=35))
    images = np.zeros((3, 28, 28), dtype=np.uint8)
    found = {"images": packed(images), "truth": [3, 4, 5], "answers": [8, 4, 5], "looked_at": 350}
    jobs.ended_with = {"gallery": found}
    jobs.now = JobState("running")
    app.run()
    assert len(app.subheader) == 4  # nothing of them while it runs
    jobs.now = JobState("finished")
    app.run()
    assert not app.exception
    assert app.subheader[4].value == "It reads 350 of 350 digits that it has not seen"
    assert [caption for row in app.image for caption in row.captions] == ["✗ 3 read as 8", "✓ 4", "✓ 5"]


def test_a_stopped_run_says_why_there_are_no_examples(app: AppTest, jobs: Scripted) -> None:
    trained(opened(app, DENSE))
    jobs.history.add(event(50, right=20))
    jobs.now = JobState("stopped")
    app.run()
    assert not app.exception
    assert app.subheader[4].value == "It reads 200 of 350 digits that it has not seen"
    assert any("train to the end to see them" in caption.value for caption in app.caption)


def test_mnist_that_is_not_here_is_offered_and_nothing_can_be_trained(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE | {"data": "mnist"})
    assert app.button(key="train").disabled
    assert "MNIST is not on this machine yet" in app.info[0].value
    app.button(key="fetch").click().run()
    assert not app.exception
    assert [dict(task) for task in jobs.tasks] == [{"task": "fetch", "data": "mnist"}]
    assert "Starting the download …" in [bar.proto.text for bar in app.get("progress")]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_fetch_tells_how_far_it_is_can_be_cancelled_and_says_why_it_failed(app: AppTest, jobs: Scripted) -> None:
    opened(app, DENSE | {"data": "mnist"})
    app.button(key="fetch").click().run()
    jobs.history.add({"type": "progress", "received": 2_500_000, "of": 10_000_000})
    app.run()
    assert "Fetching: 2.5 of 10.0 MB" in [bar.proto.text for bar in app.get("progress")]  # pyright: ignore[reportAttributeAccessIssue]
    app.button(key="cancel-fetch").click().run()
    assert jobs.cancelled == ["job 1"]
    jobs.now = JobState("failed", message="the mirror does not answer: try again later")
    app.run()
    assert not app.exception
    assert app.error[0].value == "The mirror does not answer: try again later."
    assert not app.button(key="fetch").disabled


def test_a_real_queue_trains_a_network_from_the_page(app: AppTest, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_place(Queue(), monkeypatch):
        trained(opened(app, DENSE | {"epochs": "1"}))
        wait(app, lambda: status(app).startswith("Finished"))
        assert status(app).startswith("Finished: step 46 of 46, epoch 1 of 1")
        assert app.subheader[4].value.endswith("of 355 digits that it has not seen")
        assert chart(app)["columns"]["step"][-1] == 46
