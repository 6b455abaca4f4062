variable "service" {
  description = "The service's slug."
  type        = string
}

variable "team" {
  description = "The owning team's slug; its service's team otherwise."
  type        = string
  default     = null
}

variable "key" {
  description = "The rule's name, which is the alarm's key, too."
  type        = string
}

variable "alarm" {
  description = "What people need to know; the arguments of the module `alarm` of the same names."
  type        = any
}

variable "source_ref" {
  description = "Where this code is."
  type = object({
    repository = string
    path       = string
    revision   = string
  })
}

variable "expression" {
  description = "The condition, in PromQL."
  type        = string
}

variable "for_minutes" {
  description = "How long it must hold before it fires."
  type        = number
  validation {
    condition     = var.for_minutes > 0
    error_message = "The for_minutes must be more than 0: what passes by itself wakes nobody."
  }
}

variable "labels" {
  description = "More labels of the rule."
  type        = map(string)
  default     = {}
}

variable "runbook_url" {
  description = "Where the runbook can be read, for those who look at Alertmanager."
  type        = string
  default     = null
}
