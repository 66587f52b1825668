"""Reads export requests, one a line, into the real protobuf messages, and says what is in them."""

import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2


def main() -> None:
    for line in sys.stdin:
        request = metrics_service_pb2.ExportMetricsServiceRequest()
        # Unknown fields and wrong types are errors here.
        json_format.Parse(line, request)
        told = {}
        resource = request.resource_metrics[0]
        attributes = {a.key: a.value.string_value for a in resource.resource.attributes}
        for metric in resource.scope_metrics[0].metrics:
            kind = metric.WhichOneof("data")
            data = getattr(metric, kind)
            if kind in ("sum", "histogram"):
                assert data.aggregation_temporality == 2, metric.name
            for point in data.data_points:
                assert 0 < point.start_time_unix_nano <= point.time_unix_nano, metric.name
                if kind == "histogram":
                    assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
                    assert sum(point.bucket_counts) == point.count, metric.name
                    value = point.count
                else:
                    value = point.as_double
                told.setdefault(metric.name, []).append(value)
        print(json.dumps({"resource": attributes, "metrics": told}))


main()
