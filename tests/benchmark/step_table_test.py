"""Tests step_table with candidates that compute nothing."""

import json
import sys
import unittest

from step_table import Candidate, Mismatch, format_row, measure_row, row_record


def candidate(name, step=1.0, parameters=7, program="", **more):
    """Prints a measurement as the real ones do, after the Python in `program`."""
    facts = {
        "images": 10,
        "parameters": parameters,
        "flops": 4e9,
        "first_step": 2.5,
        "step": step,
        "peak_mib": 64,
    }
    program += f"\nprint({json.dumps(facts)!r})"
    return Candidate(name, lambda row, seconds: [sys.executable, "-c", program], **more)


def measured(candidates, rounds=1, too_slow=None):
    too_slow = set() if too_slow is None else too_slow
    return measure_row("row", candidates, rounds, 1, too_slow, say=lambda text: None)


class StepTableTest(unittest.TestCase):
    def test_ratios_and_shares_of_the_peak_follow_from_the_steps(self):
        listed = [candidate("plain", 2.0), candidate("own", 0.5, precision="bf16")]
        cells = measured(listed, rounds=2)
        cells["plain"].rounds[1]["step"] = 1.0
        peaks = {"cpu": {"fp32_gflops": 10, "bf16_gflops": 40}}
        record = row_record(cells, listed, peaks)
        own = {**record["candidates"]["own"]}
        own.pop("rounds")
        # 10 images and 4 GFLOP in half a second; 40 GFLOP/s at best.
        self.assertEqual(
            own,
            {
                "images_per_second": [20.0, 20.0],
                "percent_of_peak": [20.0, 20.0],
                "ratio": [4.0, 2.0],
                "first_step": 2.5,
                "peak_mib": 64,
            },
        )
        self.assertEqual(
            format_row("Row", record).splitlines(),
            [
                "Row: 10 images, 0.00 million parameters, 4 GFLOP a step",
                "                                                 images/s % of peak              ratio    MiB first step",
                "  plain                                    7.5 (5.0-10.0)        30   1.00 (1.00-1.00)     64      2.5 s",
                "  own                                    20.0 (20.0-20.0)        20   3.00 (2.00-4.00)     64      2.5 s",
            ],
        )

    def test_the_slow_are_given_up_and_not_tried_again(self):
        slow = candidate("slow", program="import time; time.sleep(60)", limit=1)
        listed = [candidate("plain"), slow, candidate("same kernels", after="slow")]
        too_slow = set()
        cells = measured(listed, rounds=2, too_slow=too_slow)
        self.assertEqual(
            {name: (len(cell.rounds), cell.skipped) for name, cell in cells.items()},
            {
                "plain": (2, ""),
                "slow": (0, "no result in 1 s"),
                "same kernels": (0, "not tried: slow was too slow"),
            },
        )
        again = measured(listed, too_slow=too_slow)
        self.assertEqual(again["slow"].skipped, "not tried: slow was too slow")
        record = row_record(cells, listed, {"cpu": {"fp32_gflops": 1, "bf16_gflops": 1}})
        self.assertIn("slow                             no result in 1 s", format_row("Row", record))

    def test_a_failure_is_a_row_that_says_why(self):
        failing = candidate("failing", program="raise SystemExit('no compiler')")
        cells = measured([candidate("plain"), failing])
        self.assertEqual(cells["failing"].skipped, "failed: no compiler")

    def test_other_networks_are_refused(self):
        with self.assertRaises(Mismatch) as refusal:
            measured([candidate("plain"), candidate("own", parameters=8)])
        self.assertEqual(
            str(refusal.exception),
            "row: the candidates differ in their number of parameters: plain 7, own 8",
        )


unittest.main()
