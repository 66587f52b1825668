"""The smallest locustfile with the hooks; each request says which run it belongs to."""

from locust import HttpUser, constant, runners, task

import swarmkeeper_hooks  # noqa: F401

# Reports each second instead of each third: a test then sees several of them in a short time.
runners.WORKER_REPORT_INTERVAL = 1.0


class Visitor(HttpUser):
    wait_time = constant(0.05)

    def get(self, path: str) -> None:
        run_id = self.environment.parsed_options.swarmkeeper_run_id
        self.client.get(path, headers={"X-Run-Id": run_id})

    @task(4)
    def succeed(self) -> None:
        self.get("/ok")

    @task(1)
    def fail(self) -> None:
        self.get("/fail")
