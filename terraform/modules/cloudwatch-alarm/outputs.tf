output "arguments" {
  description = "The arguments of an aws_cloudwatch_metric_alarm; add its actions."
  value       = local.arguments
}

output "url" {
  description = "Where SNS has to send, if a door was opened here. The key is part of it."
  value       = length(watchbill_integration.sns) > 0 ? watchbill_integration.sns[0].url : null
  sensitive   = true
}

output "alarm_id" {
  description = "The alarm's id."
  value       = module.alarm.id
}
