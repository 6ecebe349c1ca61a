"""Requests drawn from the OpenAPI document: no answer is a fault, and each is as documented."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_app
from api.settings import Settings

schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(Settings(seconds=0.5)))


@pytest.mark.filterwarnings("ignore")
@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_service_does_what_its_document_says(case: schemathesis.Case) -> None:
    # A body can fit its schema and still name a course that does not exist: 422 is right, so it may be refused.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
