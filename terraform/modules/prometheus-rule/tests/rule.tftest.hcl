mock_provider "watchbill" {}

variables {
  service    = "checkout"
  key        = "CardErrors"
  source_ref = { repository = "acme/alarms", path = "main.tf", revision = "abc123" }
  alarm = {
    title                    = "Payments fail more often than they may"
    description              = "Share of failed payments over five minutes."
    impact_kind              = "real"
    customer_impact          = "Customers cannot pay."
    required_action          = "Move the traffic."
    cannot_wait              = "Orders are lost every minute."
    respond_within_minutes   = 15
    threshold                = "1 % of the requests"
    rationale                = "Retries hide less."
    expected_pages_per_month = 0.5
    auto_resolve             = "below 0.5 % for ten minutes"
    review_by                = "2027-03-31"
    runbook                  = <<-EOT
      # CardErrors
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
  expression  = "errors / requests > 0.01"
  for_minutes = 5
}

run "rule_and_alarm_say_the_same" {
  assert {
    condition     = yamldecode(output.rule_file).groups[0].rules[0].alert == "CardErrors"
    error_message = "The rule has another name than the alarm."
  }
  assert {
    condition     = output.rule.for == "5m"
    error_message = "The rule's duration differs."
  }
  assert {
    condition     = output.rule.labels.severity == "critical" && output.rule.annotations.summary == var.alarm.title
    error_message = "The rule does not say what the alarm says."
  }
}

run "what_passes_by_itself_wakes_nobody" {
  command = plan
  variables {
    for_minutes = 0
  }
  expect_failures = [var.for_minutes]
}
