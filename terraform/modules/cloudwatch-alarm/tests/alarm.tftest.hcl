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
  namespace   = "AWS/ApplicationELB"
  metric_name = "HTTPCode_Target_5XX_Count"
  statistic   = "Sum"
  threshold   = 10
}

run "cloudwatch_and_alarm_say_the_same" {
  assert {
    condition     = output.arguments.alarm_name == "CardErrors"
    error_message = "CloudWatch's alarm has another name."
  }
  assert {
    condition     = local.condition == "Sum(AWS/ApplicationELB HTTPCode_Target_5XX_Count) > 10"
    error_message = "The condition reads ${local.condition}."
  }
  assert {
    condition     = output.arguments.treat_missing_data == "breaching"
    error_message = "A silent source must count as failing."
  }
}

run "a_door_is_opened_for_sns" {
  variables {
    service_id = "svc_1"
  }
  assert {
    condition     = length(watchbill_integration.sns) == 1
    error_message = "There is no door."
  }
}

run "an_operator_is_one_of_four" {
  command = plan
  variables {
    comparison_operator = "SomewhatMore"
  }
  expect_failures = [var.comparison_operator]
}
