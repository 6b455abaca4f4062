"""Secrets to plant: each in the form its provider gives it, none of them real (R13)."""

from __future__ import annotations

#: Put together here, so that nobody's search for secrets finds this file.
SECRETS = {
    "AWS": "AK" + "IAQ3EGRIHXWZ7TPLMN",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow",
    "GitHub": "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a",
    "GitHub, fine-grained": "github" + "_pat_11ABCDEFG0a1b2c3d4e5f6_" + "a1B2" * 12,
    "GitLab": "gl" + "pat-a1B2c3D4e5F6g7H8i9J0",
    "Slack": "xo" + "xb-123456789012-abcdefGHIJKL",
    "Slack webhook": "https://hooks.slack" + ".com/services/T0AB12CD3/B0AB12CD3/a1B2c3D4e5F6g7H8",
    "JWT": "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "Stripe": "sk" + "_live_4eC39HqLyjWDarjtT1zdp7dc",
    "Google": "AI" + "zaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "Twilio": "S" + "K" + "0123456789abcdef" * 2,
    "SendGrid": "S" + "G.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr",
    "OpenAI": "s" + "k-proj-a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
    "npm": "np" + "m_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "Vault": "hv" + "s.CAESIJlU9JMYEhOPYv4igdhm9PnZDrabYTobQ4",
    "DigitalOcean": "do" + "p_v1_" + "0123456789abcdef" * 4,
    "password": "password: tr0ub4dor-and-3",
    "assignment": "DB_PASSWORD=letmein-at-once",
    "quoted": 'the password is "correcthorse"',
    "token in YAML": "api_key: 9f86d081884c7d65",
    "JSON": '{"secret": "Zm9vYmFyYmF6"}',
    "bearer": "Authorization: Bearer 9f86d081884c7d659a2feaa0",
    "address": "postgres://app:s3cr3t@db.example/app",
}
