"""Runs of sla_host in Python: their metrics, their predictions, their trained networks.

    import sla_host
    run = sla_host.load_run("runs/photos")
    run.results["metrics"]["test.single.accuracy"]
    model = sla_host.load_model("runs/photos")
    model.predict(images)
"""

from sla_host.model import Model, load_model
from sla_host.program import experiments
from sla_host.runs import Logits, Run, load_run

__all__ = ["Logits", "Model", "Run", "experiments", "load_model", "load_run"]
