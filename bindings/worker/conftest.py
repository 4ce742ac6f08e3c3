# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs a worker, and keeps what passed for the table of languages."""

import json
import shlex
from pathlib import Path

import pytest

from driver import Driver


def pytest_addoption(parser):
    parser.addoption("--worker", required=True, help="its command line")
    parser.addoption("--language", required=True, help="what it is written in")
    parser.addoption("--results", type=Path, help="a JSON file for table.py")


@pytest.fixture
def start(request):
    """start(ARGUMENT...): a Driver of a worker that has said that it is ready.

    It is ended when the test ends, however that was."""
    drivers = []

    def start(*arguments, ready=True, **options):
        command = shlex.split(request.config.getoption("--worker"))
        driver = Driver(command + [str(a) for a in arguments], **options)
        drivers.append(driver)
        if ready:
            driver.expect("ready")
        return driver

    yield start
    for driver in drivers:
        driver.close()


def pytest_sessionstart(session):
    session.results = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    scenario = item.function.__name__.removeprefix("test_")
    results = item.session.results.setdefault(scenario, [])
    if report.skipped:
        results.append(report.longrepr[2].removeprefix("Skipped: "))
    elif report.failed:
        results.append("failed")
    elif report.when == "call":
        results.append("passed")


def pytest_sessionfinish(session):
    path = session.config.getoption("--results")
    if path is None:
        return
    # Of several runs of a scenario, what is worst.
    worst = {}
    for scenario, results in session.results.items():
        others = [result for result in results if result != "passed"]
        worst[scenario] = "failed" if "failed" in others else (others or ["passed"])[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    language = session.config.getoption("--language")
    path.write_text(json.dumps({"language": language, "results": worst}))
