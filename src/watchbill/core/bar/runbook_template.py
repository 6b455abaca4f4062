"""The runbook to begin from: it passes the bar as it stands, so one only replaces what it says.

`docs/howto/write-a-runbook.md` shows it and says why each part is there.
"""

from __future__ import annotations

from datetime import date

_KEY, _OWNER, _DAY = "CheckoutErrorRate", "payments", "2026-11-01"

TEMPLATE = """\
# CheckoutErrorRate: customers cannot pay

- Owner: payments
- Last reviewed: 2026-11-01
- Last exercised: 2026-11-01
- Access: Grafana, Kubernetes (cluster `production`)

## Meaning

More than 5 % of payments have failed for ten minutes. The checkout counts a payment as failed when
the provider refuses it or does not answer within eight seconds.

## Impact

Customers press Pay and see an error page. Their order is not placed and they are not charged. At
the usual rate about forty orders a minute are lost.

## Diagnosis

1. Open [the checkout's board](https://grafana.example/d/checkout), row "Errors by provider".
   Normal is below 1 %. If one provider is above 5 %, it is the cause: go to step 2 of Mitigation.
2. Look at the last deployment:

   ```sh
   kubectl -n checkout rollout history deployment/checkout
   ```

   If it is younger than an hour, it is the likely cause: go to step 1 of Mitigation.
3. If neither is so, ask for a helper on the incident and go to Escalation.

## Mitigation

1. Put the last version back. Customers notice nothing of it; it takes two minutes.

   ```sh
   kubectl -n checkout rollout undo deployment/checkout
   ```

2. Switch the failing provider off. Payments then go to the other one, which costs more and is
   nobody's worry at night.

   ```sh
   kubectl -n checkout set env deployment/checkout PROVIDER_OFF=acme
   ```

   To undo it: the same command with `PROVIDER_OFF=none`.

## Verification

The row "Errors by provider" is below 1 % for ten minutes, and "Orders a minute" is back above 30.
The incident then resolves by itself.

Stop here and go back to sleep. Why it happened is for the payments team in the morning.

## Escalation

If customers still cannot pay after thirty minutes, escalate the incident: it goes to the duty
manager. The payments team reads it when its working hours begin; it is not called at night.
"""


def template(*, key: str = _KEY, owner: str = _OWNER, on: date | None = None) -> str:
    """Return the template for an alarm, its owning team's slug and the day it was last read."""
    day = on.isoformat() if on else _DAY
    return TEMPLATE.replace(_KEY, key, 1).replace(_OWNER, owner, 1).replace(_DAY, day)
