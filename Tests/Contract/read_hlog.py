"""Reads a log of response times with HdrHistogram's own library, and prints what it finds as JSON.

For each tag, and for the lines without one under the empty name, the number of values and some
percentiles in microseconds.
"""

from __future__ import annotations

import json
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

VALUE_MAX = 2**36 - 1
DIGITS = 3


def nearest_rank(histogram: HdrHistogram, share: int) -> int:
    """The library's own percentiles round the rank, so that of few values they are of another."""
    rank = -(-share * histogram.get_total_count() // 100)
    for step in histogram.get_recorded_iterator():
        if step.total_count_to_this_value >= rank:
            return histogram.get_highest_equivalent_value(step.value_iterated_to)
    return 0


def totals(path: str) -> dict[str, dict[str, float]]:
    reader = HistogramLogReader(path, HdrHistogram(1, VALUE_MAX, DIGITS))
    found: dict[str, HdrHistogram] = {}
    while (interval := reader.get_next_interval_histogram()) is not None:
        tag = interval.get_tag() or ""
        found.setdefault(tag, HdrHistogram(1, VALUE_MAX, DIGITS)).add(interval)
    return {
        tag: {"count": histogram.get_total_count()}
        | {f"p{share}": nearest_rank(histogram, share) for share in (50, 95, 99)}
        for tag, histogram in found.items()
    }


if __name__ == "__main__":
    print(json.dumps(totals(sys.argv[1])))
