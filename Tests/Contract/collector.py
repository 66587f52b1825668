"""A collector of OTLP metrics that is unwilling at first, and judges what it gets.

Each export is read into the real protobuf messages; a line of JSON on standard output tells what
came and what is wrong with it.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2

REFUSED_FIRST = 2
count = 0


def judge(body: bytes) -> dict[str, object]:
    request = metrics_service_pb2.ExportMetricsServiceRequest()
    # Unknown fields and wrong types are errors here.
    json_format.Parse(body, request)
    (resource,) = request.resource_metrics
    (scope,) = resource.scope_metrics
    told: dict[str, float] = {}
    for metric in scope.metrics:
        kind = metric.WhichOneof("data")
        data = getattr(metric, kind)
        if kind != "gauge":
            assert data.aggregation_temporality == 2, metric.name
        assert data.data_points, metric.name
        told[metric.name] = 0
        for point in data.data_points:
            assert 0 < point.start_time_unix_nano <= point.time_unix_nano, metric.name
            if kind == "histogram":
                assert len(point.bucket_counts) == len(point.explicit_bounds) + 1, metric.name
                assert sum(point.bucket_counts) == point.count, metric.name
                told[metric.name] += point.count
            else:
                told[metric.name] += point.as_double
    attributes = {a.key: a.value.string_value for a in resource.resource.attributes}
    return {"service": attributes["service.name"], "metrics": told}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        global count
        body = self.rfile.read(int(self.headers["Content-Length"]))
        count += 1
        told: dict[str, object] = {
            "path": self.path,
            "type": self.headers["Content-Type"],
            "key": self.headers["api-key"],
        }
        try:
            told |= judge(body)
        except Exception as error:
            told["wrong"] = f"{type(error).__name__}: {error}"
        status = 503 if count <= REFUSED_FIRST else 200
        told["status"] = status
        print(json.dumps(told), flush=True)
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: object) -> None:
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps({"port": server.server_port}), flush=True)
sys.stdout.flush()
server.serve_forever()
