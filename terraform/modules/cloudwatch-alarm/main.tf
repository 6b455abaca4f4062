# One alarm, twice: as what the on-call team reviews, and as the arguments of an
# `aws_cloudwatch_metric_alarm`. The module needs no AWS provider: you hand its output on.

terraform {
  required_version = ">= 1.0"
  required_providers {
    watchbill = { source = "watchbill/watchbill" }
  }
}

module "alarm" {
  source = "../alarm"

  title                    = var.alarm.title
  description              = var.alarm.description
  impact_kind              = var.alarm.impact_kind
  customer_impact          = var.alarm.customer_impact
  required_action          = var.alarm.required_action
  cannot_wait              = var.alarm.cannot_wait
  respond_within_minutes   = var.alarm.respond_within_minutes
  threshold                = var.alarm.threshold
  rationale                = var.alarm.rationale
  expected_pages_per_month = var.alarm.expected_pages_per_month
  auto_resolve             = var.alarm.auto_resolve
  runbook                  = var.alarm.runbook
  review_by                = var.alarm.review_by
  impact_within_minutes    = lookup(var.alarm, "impact_within_minutes", null)
  service                  = var.service
  team                     = var.team
  key                      = var.key
  match                    = { alarm = [var.key] }
  expression               = local.condition
  for_minutes              = var.period_s * var.evaluation_periods / 60
  dedup_key                = "The ARN of the CloudWatch alarm ${var.key}"
  source_ref               = var.source_ref
}

resource "watchbill_integration" "sns" {
  count      = var.service_id == null ? 0 : 1
  service_id = var.service_id
  source     = "sns"
  name       = "CloudWatch ${var.key}"
}

locals {
  signs = {
    GreaterThanThreshold          = ">"
    GreaterThanOrEqualToThreshold = ">="
    LessThanThreshold             = "<"
    LessThanOrEqualToThreshold    = "<="
  }
  condition = "${var.statistic}(${var.namespace} ${var.metric_name}) ${local.signs[var.comparison_operator]} ${var.threshold}"
  arguments = {
    alarm_name          = var.key
    alarm_description   = var.alarm.title
    namespace           = var.namespace
    metric_name         = var.metric_name
    statistic           = var.statistic
    comparison_operator = var.comparison_operator
    threshold           = var.threshold
    period              = var.period_s
    evaluation_periods  = var.evaluation_periods
    treat_missing_data  = "breaching" # a source that is silent is a source that fails
    dimensions          = var.dimensions
  }
}
