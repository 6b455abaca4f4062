# Runs without a server: terraform test, from Terraform 1.7 on.

mock_provider "watchbill" {}

variables {
  service                  = "checkout"
  key                      = "card-errors"
  title                    = "Payments fail more often than they may"
  description              = "Share of failed payments over five minutes."
  impact_kind              = "real"
  customer_impact          = "Customers cannot pay."
  required_action          = "Move the traffic."
  cannot_wait              = "Orders are lost every minute."
  respond_within_minutes   = 15
  threshold                = "1 % of the requests"
  for_minutes              = 5
  rationale                = "Retries hide less."
  expected_pages_per_month = 0.5
  auto_resolve             = "below 0.5 % for ten minutes"
  dedup_key                = "checkout/card-errors"
  review_by                = "2027-03-31"
  source_ref               = { repository = "acme/alarms", path = "main.tf", revision = "abc123" }
  runbook                  = <<-EOT
    # card-errors
    ## Impact
    Nobody can pay.
    ## Diagnosis
    Look at the board.
    ## Mitigation
    1. Move the traffic.
    ## Escalation
    The duty manager follows.
  EOT
}

run "it_is_proposed" {
  assert {
    condition     = watchbill_handover.this.alarm == watchbill_alarm.this.id
    error_message = "The alarm is not proposed."
  }
  assert {
    condition     = watchbill_alarm.this.severity == "critical"
    error_message = "Only critical alarms wake somebody."
  }
  assert {
    condition     = watchbill_alarm.this.source_ref[0].revision == "abc123"
    error_message = "It does not say where it is written."
  }
}

run "a_runbook_needs_its_sections" {
  command = plan
  variables {
    runbook = "Turn it off and on again."
  }
  expect_failures = [var.runbook]
}

run "an_impact_is_real_or_inevitable" {
  command = plan
  variables {
    impact_kind = "annoying"
  }
  expect_failures = [var.impact_kind]
}
