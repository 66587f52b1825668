"""The files around the hooks name each other's parts; these tests keep the names together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from support import Locust, Target

LOCUST = Path(__file__).resolve().parents[1]
CONFIG = LOCUST.parent / "config"
DOCKERFILE = (LOCUST / "Dockerfile").read_text()
HOOKS = (LOCUST / "swarmkeeper_hooks.py").read_text()
WEB, WORKERS = 8089, 5557
ROUTE = "/swarmkeeper/run"

MANIFESTS: dict[tuple[str, str], Any] = {
    (document["kind"], document["metadata"]["name"]): document
    for path in sorted((CONFIG / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text())
    if "metadata" in document
}
COMPOSE: Any = yaml.safe_load((CONFIG / "docker-compose.yml").read_text())


def settings() -> set[str]:
    """What the hooks read from the environment."""
    return set(re.findall(r'environ\.get\("(\w+)"', HOOKS))


def pod(name: str) -> Any:
    return MANIFESTS["Deployment", name]["spec"]["template"]


def container(name: str) -> Any:
    (only,) = pod(name)["spec"]["containers"]
    return only


def test_the_hooks_document_every_setting() -> None:
    introduction = HOOKS.split('"""')[1]
    assert {name for name in settings() if name not in introduction} == set()


def test_the_image_is_made_of_files_that_exist() -> None:
    copied = [
        name for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.M) for name in line.split()
    ]
    assert copied == ["requirements.txt", "swarmkeeper_hooks.py", "locustfile.py"]
    admitted = (LOCUST / ".dockerignore").read_text().split()
    assert admitted == ["*", *(f"!{name}" for name in copied)]
    assert all((LOCUST / name).is_file() for name in copied)


def test_the_image_runs_as_a_numbered_user_and_exposes_the_ports() -> None:
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", DOCKERFILE, re.M)
    assert re.findall(r"^EXPOSE (\d+) (\d+)$", DOCKERFILE, re.M) == [(str(WEB), str(WORKERS))]
    assert "LOCUST_LOCUSTFILE=/locust/locustfile.py" in DOCKERFILE


def test_the_lint_and_the_tests_use_the_same_locust() -> None:
    assert (LOCUST / "requirements.txt").read_text() == "locust==2.47.0\n"
    lines = (LOCUST / "requirements-dev.txt").read_text().split("\n")
    assert lines[0] == "-r requirements.txt"
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) for line in lines[1:] if line)


def test_compose_starts_a_private_master_and_two_workers() -> None:
    services = COMPOSE["services"]
    assert sorted(services) == ["master", "worker"]
    for service in services.values():
        context = (CONFIG / service["build"]["context"]).resolve()
        assert (context, service["restart"]) == (LOCUST, "always")
        assert set(service["networks"]) <= set(COMPOSE["networks"])
    master, worker = services["master"], services["worker"]
    assert master["ports"] == [f"127.0.0.1:{WEB}:{WEB}"]
    assert "ports" not in worker
    assert worker["deploy"]["replicas"] == 2
    assert worker["command"] == ["--worker", "--master-host", "master"]
    assert set(master["environment"]) == settings() - {"RUN_ID"}
    assert f":{WEB}{ROUTE}'" in master["healthcheck"]["test"][-1]
    assert COMPOSE["networks"]["workers"] == {"internal": True}


def test_kubernetes_lists_all_its_files_but_the_example_secret() -> None:
    folder = CONFIG / "kubernetes"
    listed = set(yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"])
    present = {path.name for path in folder.glob("*.yaml")}
    assert listed | {"kustomization.yaml", "secret.example.yaml"} == present
    assert all("namespace" not in document["metadata"] for document in MANIFESTS.values())


def test_the_master_gets_every_setting_from_somewhere() -> None:
    configured = set(MANIFESTS["ConfigMap", "locust-hooks"]["data"])
    secret = MANIFESTS["Secret", "locust-hooks"]["stringData"]
    master = container("locust-master")
    assert master["envFrom"] == [{"configMapRef": {"name": "locust-hooks"}}]
    reference = master["env"][0]["valueFrom"]["secretKeyRef"]
    assert reference["name"] == "locust-hooks"
    assert {reference["key"]} == {master["env"][0]["name"]} == set(secret)
    assert configured | set(secret) == settings() - {"RUN_ID"}


def test_services_and_policies_select_what_the_deployments_make() -> None:
    service = MANIFESTS["Service", "locust-master"]["spec"]
    for name in ("locust-master", "locust-worker"):
        labels = pod(name)["metadata"]["labels"]
        selector = MANIFESTS["Deployment", name]["spec"]["selector"]["matchLabels"]
        policy = MANIFESTS["NetworkPolicy", name]["spec"]
        assert selector.items() <= labels.items()
        assert policy["podSelector"]["matchLabels"] == selector
        assert policy["policyTypes"] == ["Ingress"]
        assert (service["selector"] == selector) == (name == "locust-master")
    assert service["type"] == "ClusterIP"
    arguments = container("locust-worker")["args"]
    assert arguments == [*("--worker", "--master-host", "locust-master"), "--master-port", "5557"]


def test_the_ports_of_the_master_are_for_the_control_plane_and_the_workers() -> None:
    named = {port["name"]: port["containerPort"] for port in container("locust-master")["ports"]}
    assert named == {"web": WEB, "workers": WORKERS}
    served = MANIFESTS["Service", "locust-master"]["spec"]["ports"]
    assert {port["targetPort"]: port["port"] for port in served} == named
    rules = MANIFESTS["NetworkPolicy", "locust-master"]["spec"]["ingress"]
    who = {
        rule["ports"][0]["port"]: rule["from"][0]["podSelector"]["matchLabels"] for rule in rules
    }
    assert who[WEB] == {"app.kubernetes.io/name": "swarmkeeper"}
    assert who[WORKERS].items() <= pod("locust-worker")["metadata"]["labels"].items()
    assert "ingress" not in MANIFESTS["NetworkPolicy", "locust-worker"]["spec"]


def test_every_container_is_limited_and_unprivileged() -> None:
    for name in ("locust-master", "locust-worker"):
        spec, box = pod(name)["spec"], container(name)
        assert spec["restartPolicy"] == "Always"
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert box["securityContext"]["readOnlyRootFilesystem"] is True
        assert set(box["resources"]["limits"]) == {"cpu", "memory"}
    probes = ("startupProbe", "readinessProbe", "livenessProbe")
    assert {container("locust-master")[p]["httpGet"]["path"] for p in probes} == {ROUTE}


def test_the_example_runs_and_without_a_run_id_nothing_is_reported(tmp_path: Path) -> None:
    target = Target()
    try:
        example = Locust(
            *("--headless", "-u", "8", "-r", "8", "-t", "2s", "--host", target.url),
            log=tmp_path / "example.log",
            locustfile=LOCUST / "locustfile.py",
            environment={"CONTROL_PLANE_URL": target.url},
        )
        code = example.process.wait(timeout=30)
    finally:
        target.close()
    example.assert_healthy(code)
    assert (code, target.count("", "/orders") > 0) == (0, True)
    paths = {path for _, path in target.counts}
    assert not [path for path in paths if path.startswith("/v1/")]
