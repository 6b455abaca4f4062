variable "service" {
  description = "The service's slug."
  type        = string
}

variable "key" {
  description = "Names the alarm within its service, for ever."
  type        = string
}

variable "team" {
  description = "The owning team's slug; its service's team otherwise."
  type        = string
  default     = null
}

variable "title" {
  description = "One sentence, as a person reads it when woken."
  type        = string
}

variable "severity" {
  description = "Only critical ones wake somebody."
  type        = string
  default     = "critical"
}

variable "match" {
  description = "Label to values: which events are of it. Without it: events named like the key."
  type        = map(set(string))
  default     = null
}

variable "description" {
  description = "What is measured."
  type        = string
}

variable "impact_kind" {
  description = "real: customers feel it now; inevitable: they will."
  type        = string
  validation {
    condition     = contains(["real", "inevitable"], var.impact_kind)
    error_message = "The impact_kind must be real or inevitable."
  }
}

variable "impact_within_minutes" {
  description = "Within how many minutes an inevitable impact comes."
  type        = number
  default     = null
}

variable "customer_impact" {
  description = "What it costs customers."
  type        = string
}

variable "required_action" {
  description = "What somebody has to do."
  type        = string
}

variable "cannot_wait" {
  description = "Why that cannot wait until morning."
  type        = string
}

variable "respond_within_minutes" {
  description = "Within how many minutes somebody must act."
  type        = number
}

variable "expression" {
  description = "The condition as the monitoring system has it."
  type        = string
  default     = null
}

variable "threshold" {
  description = "The threshold, in words."
  type        = string
}

variable "for_minutes" {
  description = "How long the condition must hold before it fires."
  type        = number
}

variable "rationale" {
  description = "Why this threshold and this duration."
  type        = string
}

variable "expected_pages_per_month" {
  description = "How often it will wake somebody, honestly."
  type        = number
}

variable "auto_resolve" {
  description = "When it resolves by itself."
  type        = string
}

variable "dedup_key" {
  description = "What makes two events one condition."
  type        = string
}

variable "runbook" {
  description = "What to do, in Markdown."
  type        = string
  validation {
    condition     = length(regexall("(?im)^#+ .*\\b(impact|diagnos|mitigat|escalat)", var.runbook)) >= 4
    error_message = "The runbook must have the sections Impact, Diagnosis, Mitigation and Escalation."
  }
}

variable "review_by" {
  description = "The last day on which an acceptance counts, such as 2026-09-30."
  type        = string
  validation {
    condition     = can(regex("^\\d{4}-\\d{2}-\\d{2}$", var.review_by))
    error_message = "The review_by must be a date such as 2026-09-30."
  }
}

variable "source_ref" {
  description = "Where this code is."
  type = object({
    repository = string
    path       = string
    revision   = string
  })
}

variable "waivers" {
  description = "Rules of the bar that need not be met for a while."
  type = list(object({
    rule   = string
    reason = string
    owner  = string
    until  = string
  }))
  default = []
}

variable "note" {
  description = "What the volunteers should know."
  type        = string
  default     = null
}
