# A team, its service and one alarm, proposed to the on-call team.
# Needs WATCHBILL_URL and WATCHBILL_TOKEN. What to put where: docs/howto/terraform.md.

terraform {
  required_version = ">= 1.0"
  required_providers {
    watchbill = { source = "watchbill/watchbill" }
  }
}

variable "revision" {
  description = "The commit, as CI knows it."
  type        = string
}

data "watchbill_office" "dublin" {
  slug = "dublin"
}

resource "watchbill_team" "billing" {
  slug      = "billing"
  name      = "Billing"
  office_id = data.watchbill_office.dublin.id
}

resource "watchbill_escalation_policy" "billing" {
  team_id = watchbill_team.billing.id
  step {
    target       = "team"
    wait_minutes = 10
  }
}

resource "watchbill_service" "invoices" {
  slug    = "invoices"
  name    = "Invoices"
  team_id = watchbill_team.billing.id
}

resource "watchbill_integration" "alertmanager" {
  service_id = watchbill_service.invoices.id
  source     = "alertmanager"
  name       = "Alertmanager"
}

module "invoices_fail" {
  source = "../../modules/prometheus-rule"

  service     = watchbill_service.invoices.slug
  team        = watchbill_team.billing.slug
  key         = "InvoicesFail"
  expression  = "sum(rate(invoices_failed[5m])) / sum(rate(invoices[5m])) > 0.01"
  for_minutes = 5
  source_ref  = { repository = "acme/alarms", path = "checkout/main.tf", revision = var.revision }
  alarm = {
    title                    = "More than one invoice in a hundred fails"
    description              = "Share of failed invoices over five minutes."
    impact_kind              = "real"
    customer_impact          = "Customers cannot close an order without its invoice."
    required_action          = "Move the traffic away, or put the last release back."
    cannot_wait              = "Orders that fail do not come back."
    respond_within_minutes   = 15
    threshold                = "1 % of the invoices"
    rationale                = "Below 1 % retries hide it; five minutes outlast a deployment."
    expected_pages_per_month = 0.5
    auto_resolve             = "when the ratio is below 0.5 % for ten minutes"
    review_by                = var.review_by
    runbook                  = file("${path.module}/runbooks/InvoicesFail.md")
  }
}

variable "review_by" {
  description = "Until which day an acceptance counts; at most a year ahead."
  type        = string
}

output "rule_file" {
  description = "For Prometheus."
  value       = module.invoices_fail.rule_file
}

output "handover_state" {
  description = "Where the alarm is on its way to the on-call team."
  value       = module.invoices_fail.handover_state
}
