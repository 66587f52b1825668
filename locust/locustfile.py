"""An example load: visitors of the demo server that `swarmkeeper target` starts.

locust -f locustfile.py --master        # and, once per processor core:
locust -f locustfile.py --worker --master-host MASTER
"""

import random

from locust import HttpUser, between, task

import swarmkeeper_hooks  # noqa: F401  This line is all that Swarmkeeper needs.

ITEMS_MAX = 1_000  # As many as a small shop has; all of them are one row in the statistics.


class Visitor(HttpUser):
    """Looks around: four item pages for each front page. Three of four users are visitors."""

    weight = 3
    wait_time = between(0.1, 0.5)

    @task(1)
    def open_front_page(self) -> None:
        self.client.get("/")

    @task(4)
    def open_item(self) -> None:
        # Without a common name, each item would become an endpoint of its own.
        self.client.get(f"/items/{random.randint(1, ITEMS_MAX)}", name="/items/[id]")


class Buyer(HttpUser):
    """Opens an item and orders it, which is the slow and the valuable part. Every fourth user."""

    weight = 1
    wait_time = between(0.2, 1.0)

    @task
    def order_item(self) -> None:
        item = random.randint(1, ITEMS_MAX)
        self.client.get(f"/items/{item}", name="/items/[id]")
        order = {"item": item, "quantity": random.randint(1, 3)}
        with self.client.post("/orders", json=order, catch_response=True) as response:
            if response.status_code == 429:
                response.failure("the shop is too busy")  # One kind of error, whatever the text.
