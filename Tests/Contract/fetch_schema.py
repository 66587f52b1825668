"""Puts the schema of JUnit that Jenkins' xUnit plugin reads by into this Python environment.

It comes out of the one source package that has it, which is pinned by its hash.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
NAME = "junit-10.xsd"
PLACE = Path(sys.prefix) / NAME


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        order = ["download", "--no-deps", "--no-binary", ":all:", "--require-hashes"]
        words = ["--dest", folder, "--requirement", str(HERE / "sources.txt")]
        subprocess.run([*pip, *order, *words], check=True)
        (archive,) = Path(folder).iterdir()
        with tarfile.open(archive) as files:
            (member,) = (one for one in files if Path(one.name).name == NAME)
            content = files.extractfile(member)
            if content is None:
                raise SystemExit(f"{member.name} is no file")
            PLACE.write_bytes(content.read())


if __name__ == "__main__":
    main()
