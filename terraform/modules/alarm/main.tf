# An alarm with its runbook, proposed to the on-call team. Works from Terraform 1.0 on.

terraform {
  required_version = ">= 1.0"
  required_providers {
    watchbill = { source = "watchbill/watchbill" }
  }
}

resource "watchbill_alarm" "this" {
  service  = var.service
  key      = var.key
  team     = var.team
  title    = var.title
  severity = var.severity
  match    = var.match

  description              = var.description
  impact_kind              = var.impact_kind
  impact_within_minutes    = var.impact_within_minutes
  customer_impact          = var.customer_impact
  required_action          = var.required_action
  cannot_wait              = var.cannot_wait
  respond_within_minutes   = var.respond_within_minutes
  expression               = var.expression
  threshold                = var.threshold
  for_minutes              = var.for_minutes
  rationale                = var.rationale
  expected_pages_per_month = var.expected_pages_per_month
  auto_resolve             = var.auto_resolve
  dedup_key                = var.dedup_key
  runbook                  = var.runbook
  review_by                = var.review_by

  source_ref {
    repository = var.source_ref.repository
    path       = var.source_ref.path
    revision   = var.source_ref.revision
  }

  dynamic "waiver" {
    for_each = var.waivers
    content {
      rule   = waiver.value.rule
      reason = waiver.value.reason
      owner  = waiver.value.owner
      until  = waiver.value.until
    }
  }
}

resource "watchbill_handover" "this" {
  alarm = watchbill_alarm.this.id
  note  = var.note
}
