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
  description = "The CloudWatch alarm's name, which is the alarm's key, too."
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

variable "service_id" {
  description = "The service's id, to open a door for SNS; null if there is one already."
  type        = string
  default     = null
}

variable "namespace" {
  description = "The metric's namespace, such as AWS/ApplicationELB."
  type        = string
}

variable "metric_name" {
  description = "The metric."
  type        = string
}

variable "statistic" {
  description = "Average, Sum, Maximum …"
  type        = string
  default     = "Average"
}

variable "comparison_operator" {
  description = "As CloudWatch names it."
  type        = string
  default     = "GreaterThanThreshold"
  validation {
    condition = contains(
      ["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"],
      var.comparison_operator,
    )
    error_message = "The comparison_operator must be one of CloudWatch's four that need no band."
  }
}

variable "threshold" {
  description = "The threshold, as a number."
  type        = number
}

variable "period_s" {
  description = "Seconds of one period."
  type        = number
  default     = 60
}

variable "evaluation_periods" {
  description = "How many periods in a row."
  type        = number
  default     = 5
}

variable "dimensions" {
  description = "The metric's dimensions."
  type        = map(string)
  default     = {}
}
