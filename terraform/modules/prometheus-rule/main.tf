# One alarm, twice: as a rule for Prometheus or Mimir, and as what the on-call team reviews.
# They cannot drift apart, since both come from here.

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
  expression               = var.expression
  for_minutes              = var.for_minutes
  dedup_key                = "Alertmanager's fingerprint of ${var.key}"
  source_ref               = var.source_ref
}

locals {
  rule = {
    alert  = var.key
    expr   = var.expression
    for    = "${var.for_minutes}m"
    labels = merge({ severity = "critical", service = var.service }, var.labels)
    annotations = merge(
      { summary = var.alarm.title, description = var.alarm.description },
      var.runbook_url == null ? {} : { runbook_url = var.runbook_url },
    )
  }
}
