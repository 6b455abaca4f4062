output "rule" {
  description = "The rule, to be put into a group of your own."
  value       = local.rule
}

output "rule_file" {
  description = "A whole rule file with this rule in it, for Prometheus or Mimir."
  value       = yamlencode({ groups = [{ name = var.service, rules = [local.rule] }] })
}

output "alarm_id" {
  description = "The alarm's id."
  value       = module.alarm.id
}

output "handover_state" {
  description = "Where it is on its way to the on-call team."
  value       = module.alarm.handover_state
}
