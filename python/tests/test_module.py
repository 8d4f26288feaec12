"""Run against an installed wheel: see tools/test_wheel."""

import importlib.metadata
import subprocess

import numpy as np
import pytest
import torch

import sla_host
from sla_host import program

EXPERIMENT = """
transformation.plugin = "rotation"
model = { plugin = "conv4", channels = 4 }
dataset = { plugin = "synthetic", classes = 3, train = 24, validation = 12, test = 12 }
objective.plugin = "sla"
training = { batch_size = 8, total_iterations = 6, validate_every_iterations = 3, log_every_iterations = 2 }
"""


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "mine.toml").write_text(EXPERIMENT)
    program.run(folder / "mine.toml", "--out", folder / "run")
    return sla_host.load_run(folder / "run")


def test_run(run):
    assert run.experiment["model"]["channels"] == 4
    assert run.provenance["libtorch"].startswith(torch.__version__.split("+")[0])
    iterations, values = run.metrics()["train.loss"]
    assert {2, 4, 6} <= set(iterations) and (np.diff(iterations) > 0).all()
    assert values.dtype == float and np.isfinite(values).all()


def test_metrics_have_each_iteration_once(tmp_path):
    (tmp_path / "experiment.toml").write_text("")
    lines = [
        '{"iteration":2,"train.loss":3.0,"train.seconds.saving":0.5}',
        '{"iteration":3,"train.seconds.saving":0.25}',
        '{"iteration":3,"train.loss":2.0,"train.seconds.saving":0.5}',
        '{"iteration":4,"train.lo',
    ]
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines))
    metrics = sla_host.load_run(tmp_path).metrics()
    assert [list(part) for part in metrics["train.loss"]] == [[2, 3], [3.0, 2.0]]
    assert [list(part) for part in metrics["train.seconds.saving"]] == [[2, 3], [0.5, 0.75]]


def test_logits_have_the_accuracy_of_the_results(run):
    logits = run.logits("test")
    assert logits.logits["single"].shape == (12, 3)
    assert len(logits.class_names) == 3
    for name in ("single", "aggregated"):
        accuracy = 100 * (logits.logits[name].argmax(1) == logits.labels).mean()
        assert accuracy == pytest.approx(run.results["metrics"][f"test.{name}.accuracy"])


def test_model_predicts_what_its_module_computes(run):
    model = sla_host.load_model(run.path)
    images = torch.randint(256, (5, 3, 32, 32), dtype=torch.uint8)
    assert model.class_names == run.logits().class_names
    torch.testing.assert_close(model.predict(images), model(images).softmax(1))
    torch.testing.assert_close(model(images), model(images / 255), rtol=1e-4, atol=1e-4)
    single, aggregated = (model.predict(images, name) for name in ("single", "aggregated"))
    assert single.shape == aggregated.shape == (5, 3)
    assert not torch.allclose(single, aggregated)
    with pytest.raises(RuntimeError, match="single"):
        model.predict(images, "singel")


def test_all_predictions_share_the_parameters(run, monkeypatch):
    monkeypatch.chdir(run.path.parent)
    model = sla_host.load_model("run")
    images = torch.randint(256, (5, 3, 32, 32), dtype=torch.uint8)
    before = model.predict(images, "single")
    names = set(model.state_dict())
    monkeypatch.chdir("/")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    uniform = torch.full((5, 3), 1 / 3)
    torch.testing.assert_close(model.predict(images, "aggregated"), uniform)
    torch.testing.assert_close(model.predict(images, "single"), uniform)
    assert set(model.state_dict()) == names
    model.load_state_dict(sla_host.load_model(run.path).state_dict())
    torch.testing.assert_close(model.predict(images, "single"), before)


def test_images_of_other_integers_are_refused(run):
    model = sla_host.load_model(run.path)
    with pytest.raises(Exception, match="uint8 or floating point"):
        model(torch.zeros(1, 3, 32, 32, dtype=torch.int64))


def test_warnings_of_the_program_are_python_warnings():
    with pytest.warns(UserWarning, match="METRICS MEAN NOTHING"):
        program.run("check", sla_host.experiments() / "cifar.toml", "--profile", "smoke")


def test_errors_say_what_to_do(run, tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="no experiment.toml"):
        sla_host.load_run(tmp_path)
    with pytest.raises(RuntimeError, match="nothing.toml"):
        program.run("check", tmp_path / "nothing.toml")
    version = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: "2.12.0+cpu" if name == "torch" else version(name)
    )
    with pytest.raises(RuntimeError, match="pip install torch=="):
        program.run("plugins")


def test_program_is_found_by_name():
    listed = subprocess.run(["sla_host", "plugins"], capture_output=True, text=True).stdout
    assert {"sla_sd", "rotation", "image_folder"} <= set(listed.split())
    assert (sla_host.experiments() / "cifar100_jigsaw.toml").is_file()
