"""Amazon SNS over HTTP(S): signatures, confirmation, and CloudWatch alarms among its messages."""
