"""Sample contexts of the night itself: Tonight and incidents, a Saturday in March at 03:02."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from watchbill.web import markdown
from watchbill.web.ui import incidents, tonight
from watchbill.web.ui.shell import Choice, Fact, IncidentRow, Shell, Viewer

NOW = datetime(2026, 3, 7, 3, 2, tzinfo=UTC)
EXAMPLE = "wbk_3b1f9a0c5d7e48a2b6f0c4d8e1a57b93"
MONDAY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
MONDAY_SF = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 13, 18, 0, tzinfo=UTC)


def before(**units: float) -> datetime:
    return NOW - timedelta(**units)


VIEWER = Viewer(id="per_niamh", name="Niamh Byrne", is_admin=True)
SHELL = Shell(now=NOW, zone="Europe/Dublin", viewer=VIEWER, paged_count=1, has_mailbox=True)
VISITOR = Shell(now=NOW, zone="Europe/Dublin")

CHECKOUT = IncidentRow(
    id="inc_01JCHECKOUT",
    number=141,
    sentence="Checkout fails for 4 in 10 customers in Europe",
    state="triggered",
    severity="critical",
    service_name="Checkout",
    team_name="Payments",
    opened_at=before(minutes=2),
    alerts_count=14,
    person_name="Niamh Byrne",
    is_mine=True,
)
SEARCH = IncidentRow(
    id="inc_01JSEARCH",
    number=142,
    sentence="Search answers in 6 seconds instead of 1",
    state="acknowledged",
    severity="critical",
    service_name="Search",
    team_name="Discovery",
    opened_at=before(hours=1, minutes=12),
    person_name="Niamh Byrne",
)
HELD = (
    IncidentRow(
        id="inc_01JDISK",
        number=143,
        sentence="Disk of reports-db-2 is 86 % full",
        state="held",
        severity="warning",
        service_name="Reports",
        team_name="Insights",
        opened_at=before(hours=6),
        until_at=MONDAY,
    ),
    IncidentRow(
        id="inc_01JCERT",
        number=144,
        sentence="The certificate of status.example.org ends in 9 days",
        state="held",
        severity="error",
        service_name="Status page",
        team_name="Platform",
        opened_at=before(hours=8, minutes=20),
        alerts_count=2,
        until_at=MONDAY,
    ),
    IncidentRow(
        id="inc_01JQUEUE",
        number=145,
        sentence="The export queue has grown to 12,400 jobs",
        state="held",
        severity="critical",
        service_name="Exports",
        team_name="Messenger",
        opened_at=before(minutes=40),
        until_at=MONDAY_SF,
    ),
)
SNOOZED = IncidentRow(
    id="inc_01JSYNC",
    number=146,
    sentence="Contacts of three customers are not synchronised",
    state="snoozed",
    severity="error",
    service_name="Sync",
    team_name="Platform",
    opened_at=before(days=1, hours=2),
    person_name="Dara Nolan",
    until_at=NOW + timedelta(hours=2),
)
RESOLVED = IncidentRow(
    id="inc_01JMAIL",
    number=147,
    sentence="Mails leave eleven minutes late",
    state="resolved",
    severity="critical",
    service_name="Mail out",
    team_name="Messenger",
    opened_at=before(days=2, hours=5),
    person_name="Tomás Walsh",
)


def team_now(key: str, name: str, opens: datetime, **extra: object) -> tonight.TeamNow:
    values: dict[str, object] = {
        "is_working": False,
        "changes_at": opens,
        "kind": "volunteer",
        "answers_name": "Niamh Byrne",
    }
    return tonight.TeamNow(id=key, name=name, **(values | extra))  # type: ignore[arg-type]


HEALTH = tuple(
    tonight.HealthLine(key=key, sentence=sentence, count=0)
    for key, sentence in (
        ("NO1", "Members of the owning team paged out of hours."),
        ("NO2", "Shifts stood by somebody who did not agree to a term."),
        ("NO3", "Escalations that reached anyone but a manager."),
        ("NO4", "Pages to the volunteer for an alarm without acceptance and runbook."),
        ("NO5", "Alarm changes in force without a review."),
        ("NO6", "Teams with pay or review rules of their own."),
        ("NO7", "Follow-ups that belong to a volunteer."),
        ("NO8", "Times more people were on call at once than the design says."),
        ("NO9", "Unnecessary pages without a consequence."),
        ("NO10", "Helpers offered outside their hours."),
        ("ALL", "Events lost, or pages neither answered, escalated nor visibly failing."),
    )
)

TONIGHT = tonight.Tonight(
    mine=CHECKOUT,
    volunteer=tonight.Standing(
        name="Niamh Byrne",
        office_name="Dublin",
        zone="Europe/Dublin",
        until_at=FRIDAY,
        next_name="Kofi Mensah",
    ),
    manager=tonight.Standing(
        name="Tomás Walsh",
        office_name="London",
        zone="Europe/London",
        until_at=FRIDAY,
        next_name="Grace Liu",
    ),
    has_services=True,
    offices=(
        tonight.OfficeNow(
            name="Dublin",
            zone="Europe/Dublin",
            holiday="",
            teams=(
                team_now("team_pay", "Payments", MONDAY),
                team_now("team_plat", "Platform", MONDAY),
            ),
        ),
        tonight.OfficeNow(
            name="London",
            zone="Europe/London",
            holiday="",
            teams=(
                team_now("team_disc", "Discovery", MONDAY),
                team_now("team_ins", "Insights", MONDAY),
            ),
        ),
        tonight.OfficeNow(
            name="San Francisco",
            zone="America/Los_Angeles",
            holiday="",
            teams=(
                team_now(
                    "team_msg",
                    "Messenger",
                    NOW + timedelta(hours=1),
                    is_working=True,
                    kind="rota",
                    answers_name="Maria Lopez",
                ),
            ),
        ),
    ),
    open=(CHECKOUT, SEARCH),
    open_count=2,
    held=HELD,
    held_count=3,
    on_call=("Niamh Byrne", "Tomás Walsh"),
    on_call_limit=2,
    pages_count=4,
    pages_target=10,
    month_on=date(2026, 3, 1),
    health=HEALTH,
)
QUIET = tonight.Tonight(
    mine=None,
    volunteer=TONIGHT.volunteer,
    manager=None,
    has_services=True,
    offices=TONIGHT.offices[:2],
    open=(),
    open_count=0,
    held=(),
    held_count=0,
    on_call=("Niamh Byrne", "Tomás Walsh", "Grace Liu", "Sam Price"),
    on_call_limit=2,
    pages_count=11,
    pages_target=10,
    month_on=date(2026, 3, 1),
    health=(tonight.HealthLine(key="NO8", sentence=HEALTH[7].sentence, count=1), *HEALTH[8:]),
)

TEAM_CHOICES = tuple(
    Choice(value=f"team_{name.lower()}", label=name)
    for name in ("Discovery", "Insights", "Messenger", "Payments", "Platform")
)
SERVICE_CHOICES = tuple(
    Choice(value=f"svc_{name.lower()}", label=name)
    for name in ("Checkout", "Exports", "Mail out", "Reports", "Search", "Sync")
)
INCIDENTS = incidents.IncidentList(
    filter=incidents.IncidentFilter(state=""),
    teams=TEAM_CHOICES,
    services=SERVICE_CHOICES,
    rows=(CHECKOUT, SEARCH, *HELD, SNOOZED, RESOLVED),
    next_query="?state=&cursor=inc_01JMAIL",
)
NO_INCIDENTS = incidents.IncidentList(
    filter=incidents.IncidentFilter(text="kafka", team="team_payments"),
    teams=TEAM_CHOICES,
    services=SERVICE_CHOICES,
    rows=(),
)

RUNBOOK = """# Checkout errors

Customers see **"payment could not be completed"**. Nothing is charged twice.

## First five minutes

1. Look at the [payments dashboard](https://grafana.example.org/d/pay). Is one card provider red?
2. If it is, send traffic to the other one:

       flags set checkout.provider=backup --region eu

3. Watch the error rate for 5 minutes. It should fall below 1 %.

## If that does not help

Restart the workers: `kubectl rollout restart deploy/checkout`. Then press *I need help*.

| provider | status page |
|---|---|
| Northpay | https://status.northpay.example |
| Cardo | https://status.cardo.example |
"""

TIMELINE = (
    incidents.TimelineRow(
        at=before(seconds=40), sentence="12 more alerts joined; nobody was called again."
    ),
    incidents.TimelineRow(
        at=before(minutes=2), sentence="E-mail to Niamh Byrne was taken by the mail server."
    ),
    incidents.TimelineRow(
        at=before(minutes=2), sentence="Niamh Byrne is called: the volunteer standing the shift."
    ),
    incidents.TimelineRow(
        at=before(minutes=2),
        sentence="Opened by alarm checkout-errors from Alertmanager production.",
    ),
    incidents.TimelineRow(
        at=before(hours=9),
        sentence="Note",
        person_name="Dara Nolan",
        note="Northpay announced maintenance from 02:30 to 04:00. Should be harmless.",
    ),
)
ALERTS = (
    incidents.AlertRow(
        summary="checkout_errors_ratio is 0.41 in eu-west-1 (limit 0.05)",
        is_firing=True,
        severity="critical",
        started_at=before(minutes=3),
        events_count=4,
        fields=(
            Fact(label="alertname", value="checkout-errors"),
            Fact(label="region", value="eu-west-1"),
            Fact(
                label="instance", value="checkout-7f9c6d5b8-x2x9q.payments.svc.cluster.local:9090"
            ),
        ),
    ),
    incidents.AlertRow(
        summary="checkout_errors_ratio is 0.22 in eu-central-1 (limit 0.05)",
        is_firing=False,
        severity="critical",
        started_at=before(minutes=3),
        events_count=1,
    ),
)
HELPERS = (
    incidents.Helper(
        id="per_maria", name="Maria Lopez", team_name="Messenger", office_name="San Francisco",
        zone="America/Los_Angeles", asked_at=before(minutes=1),
    ),
    incidents.Helper(
        id="per_wei", name="Wei Chen", team_name="Messenger", office_name="San Francisco",
        zone="America/Los_Angeles",
    ),
)  # fmt: skip
INCIDENT = incidents.Incident(
    id=CHECKOUT.id,
    number=146,
    sentence=CHECKOUT.sentence,
    customer_pain="Customers cannot pay. Each minute loses about 30 orders.",
    state="triggered",
    severity="critical",
    service_name="Checkout",
    team_id="team_pay",
    team_name="Payments",
    team_zone="Europe/Dublin",
    alarm_key="checkout-errors",
    opened_at=CHECKOUT.opened_at,
    until_at=None,
    answered_by="",
    answered_at=None,
    asking_name="",
    asks_myself=False,
    called="",
    why=incidents.Why(
        reason="volunteer_out_of_hours",
        sentence="You stand the shift until Friday 18:00. Payments is closed until Monday 09:00, "
        "and this alarm was accepted by the on-call team.",
        facts=(
            Fact(label="Team", value="Payments, Dublin"),
            Fact(label="Local time", value="Sat 7 March 03:00, Europe/Dublin"),
            Fact(label="Working hours", value="Mon to Fri 09:00–17:30"),
            Fact(label="Alarm", value="checkout-errors, accepted 12 January, critical"),
            Fact(label="Shift", value="Niamh Byrne, Fri 6 March 18:00 to Fri 13 March 18:00"),
        ),
        is_me=True,
    ),
    next_step=incidents.NextStep(
        at=NOW + timedelta(minutes=3), target="Tomás Walsh, duty manager,"
    ),
    can=frozenset({"acknowledge", "resolve", "snooze", "help", "decline", "note"}),
    snoozes=tuple(timedelta(minutes=minutes) for minutes in (30, 60, 240, 480)),
    runbook=markdown.to_html(RUNBOOK),
    runbook_href="https://wiki.example.org/runbooks/checkout-errors",
    pages=(
        incidents.PageRow(
            person_name="Niamh Byrne",
            role="volunteer",
            state="calling",
            started_at=before(minutes=2),
            notifications=("e-mail sent 03:00",),
        ),
    ),
    alerts=ALERTS,
    alerts_count=14,
    links=(
        incidents.Link(href="https://grafana.example.org/d/pay", text="Payments dashboard"),
        incidents.Link(href="https://alerts.example.org/#/alerts", text="Alertmanager"),
    ),
    timeline=TIMELINE,
    helpers=HELPERS,
)
HELD_INCIDENT = incidents.Incident(
    id=HELD[2].id,
    number=146,
    sentence=HELD[2].sentence,
    customer_pain="",
    state="held",
    severity="critical",
    service_name="Exports",
    team_id="team_msg",
    team_name="Messenger",
    team_zone="Europe/Dublin",
    alarm_key="export-queue",
    opened_at=HELD[2].opened_at,
    until_at=MONDAY_SF,
    answered_by="",
    answered_at=None,
    asking_name="",
    asks_myself=False,
    called="",
    why=incidents.Why(
        reason="held_not_accepted",
        sentence="Messenger is closed, and the alarm export-queue is only proposed. Out of hours "
        "only accepted alarms call anyone.",
        facts=(Fact(label="Opens", value="Mon 9 March 09:00, America/Los_Angeles"),),
    ),
    next_step=None,
    can=frozenset({"resolve", "break_glass", "note"}),
    snoozes=(),
    runbook=None,
    runbook_href="",
    pages=(),
    alerts=ALERTS[:1],
    alerts_count=1,
    links=(),
    timeline=TIMELINE[-2:-1],
    helpers=(),
)
DECLARE = incidents.Declare(services=SERVICE_CHOICES, reaches="Niamh Byrne, the volunteer,")
