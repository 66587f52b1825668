"""Holds results of JUnit to Jenkins' schema, reads them with a library of others, prints both.

For each file named, one line of JSON: what is wrong with it by the schema, and what the library
finds in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import xmlschema
from junitparser import JUnitXml, TestCase, TestSuite

SCHEMA = Path(sys.prefix) / "junit-10.xsd"


def case(found: TestCase) -> dict[str, Any]:
    """Its outcomes by the names of their elements; of one that passed there is none."""
    return {
        "name": found.name,
        "class": found.classname,
        "seconds": found.time,
        "outcomes": [{"kind": one._tag, "message": one.message} for one in found.result],
    }


def suite(found: TestSuite) -> dict[str, Any]:
    said = [found.tests, found.failures, found.errors, found.skipped]
    found.update_statistics()
    return {
        "name": found.name,
        "said": said,
        "counted": [found.tests, found.failures, found.errors, found.skipped],
        "properties": {one.name: one.value for one in found.properties()},
        "cases": [case(one) for one in found],
    }


def main() -> None:
    schema = xmlschema.XMLSchema(SCHEMA)
    for path in sys.argv[1:]:
        faults = [error.reason for error in schema.iter_errors(path)]
        print(
            json.dumps(
                {"faults": faults, "suites": [suite(one) for one in JUnitXml.fromfile(path)]}
            )
        )


if __name__ == "__main__":
    main()
