output "id" {
  description = "The alarm's id."
  value       = watchbill_alarm.this.id
}

output "handover_state" {
  description = "Where it is on its way to the on-call team."
  value       = watchbill_handover.this.state
}

output "covered_out_of_hours" {
  description = "Whether it may wake a volunteer now."
  value       = watchbill_alarm.this.covered_out_of_hours
}
