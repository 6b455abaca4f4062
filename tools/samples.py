"""Sample contexts for every screen: a Saturday night in March, in the demo company's shape."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from watchbill.web import markdown
from watchbill.web.ui import access, incidents, mailbox, pages, people, settings, teams, tonight
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
    sentence=CHECKOUT.sentence,
    customer_pain="Customers cannot pay. Each minute loses about 30 orders.",
    state="triggered",
    severity="critical",
    service_name="Checkout",
    team_id="team_pay",
    team_name="Payments",
    alarm_key="checkout-errors",
    alarm_state="accepted",
    opened_at=CHECKOUT.opened_at,
    until_at=None,
    answered_by="",
    answered_at=None,
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
    sentence=HELD[2].sentence,
    customer_pain="",
    state="held",
    severity="critical",
    service_name="Exports",
    team_id="team_msg",
    team_name="Messenger",
    alarm_key="export-queue",
    alarm_state="proposed",
    opened_at=HELD[2].opened_at,
    until_at=MONDAY_SF,
    answered_by="",
    answered_at=None,
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

TEAMS = teams.TeamList(
    rows=tuple(
        teams.TeamRow(
            id=f"team_{name.lower()}",
            name=name,
            office_name=office,
            zone=zone,
            is_working=office == "San Francisco",
            changes_at=MONDAY,
            answers_name="Maria Lopez" if office == "San Francisco" else "Niamh Byrne",
            people_count=7,
            services_count=3,
        )
        for name, office, zone in (
            ("Discovery", "London", "Europe/London"),
            ("Insights", "London", "Europe/London"),
            ("Messenger", "San Francisco", "America/Los_Angeles"),
            ("Payments", "Dublin", "Europe/Dublin"),
            ("Platform", "Dublin", "Europe/Dublin"),
        )
    )
)
WORKDAY = ((540, 750), (795, 1050))
TEAM = teams.Team(
    id="team_pay",
    name="Payments",
    office_name="Dublin",
    zone="Europe/Dublin",
    is_working=False,
    changes_at=MONDAY,
    answers="Niamh Byrne answers now: the volunteer standing the shift, for accepted alarms only.",
    week=tuple(
        teams.DayHours(
            label=label,
            periods=() if label in {"Sat", "Sun"} else WORKDAY,
            text="closed" if label in {"Sat", "Sun"} else "09:00–12:30, 13:15–17:30",
        )
        for label in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ),
    weekday=5,
    minute=182,
    closed_days=(
        teams.ClosedDay(on=date(2026, 3, 17), name="Saint Patrick's Day"),
        teams.ClosedDay(on=date(2026, 4, 6), name="Easter Monday"),
        teams.ClosedDay(on=date(2026, 5, 4), name="May Day"),
    ),
    rota=(
        teams.RotaRow(person_name="Aoife Kelly", start_at=before(days=5), end_at=MONDAY, is_now=True),
        teams.RotaRow(
            person_name="Dara Nolan", start_at=MONDAY, end_at=MONDAY + timedelta(days=7),
            instead_of="Conor Doyle",
        ),
        teams.RotaRow(
            person_name="Ruth Okafor", start_at=MONDAY + timedelta(days=7),
            end_at=MONDAY + timedelta(days=14),
        ),
    ),
    steps=(
        teams.StepRow(target="Whoever the rota names", wait=timedelta(minutes=5)),
        teams.StepRow(target="The rest of the team", wait=timedelta(minutes=10)),
        teams.StepRow(target="The duty manager", wait=timedelta(minutes=10)),
    ),
    people=(
        teams.PersonRow(name="Aoife Kelly", role="engineer"),
        teams.PersonRow(name="Niamh Byrne", role="engineer, volunteer until 30 June"),
        teams.PersonRow(name="Tomás Walsh", role="manager"),
    ),
    services=(
        teams.ServiceRow(
            name="Checkout",
            slug="checkout",
            alarms=(
                teams.AlarmRow(
                    key="checkout-errors", title="Checkout fails for more than 5 % of customers",
                    state="accepted", severity="critical", has_runbook=True,
                ),
                teams.AlarmRow(
                    key="checkout-slow", title="Checkout takes longer than 4 s",
                    state="in review", severity="critical", has_runbook=True,
                ),
                teams.AlarmRow(
                    key="card-retries", title="Card retries above 3 %",
                    state="declined", severity="warning", has_runbook=False,
                ),
            ),
        ),
        teams.ServiceRow(name="Invoices", slug="invoices", alarms=()),
    ),
)  # fmt: skip

ME = people.Me(
    name="Niamh Byrne",
    email="niamh@example.org",
    team_name="Payments",
    office_name="Dublin",
    zone="Europe/Dublin",
    standing="You volunteered for the term from 1 January to 30 June, and stand 4 shifts in it.",
    methods=(
        people.MethodRow(
            id="cm_1", channel="E-mail", address="niamh@example.org", is_verified=True
        ),
        people.MethodRow(
            id="cm_2", channel="Webhook", address="https://ntfy.example.net/niamh",
            is_verified=False, code_sent_at=before(minutes=4),
        ),
        people.MethodRow(
            id="cm_3", channel="E-mail", address="niamh.byrne@old.example.org", is_verified=True,
            failure="The mail server refused it on 5 March: no such mailbox.",
        ),
    ),
    channels=(Choice(value="email", label="E-mail"), Choice(value="webhook", label="Webhook")),
    rules=(
        people.RuleRow(id="rule_1", method="E-mail niamh@example.org", after=timedelta(0)),
        people.RuleRow(
            id="rule_2", method="Webhook ntfy.example.net", after=timedelta(minutes=2)
        ),
    ),
    rule_methods=(Choice(value="cm_1", label="E-mail niamh@example.org"),),
    shifts=(
        people.MyShift(kind="Volunteer", start_at=before(hours=9), end_at=FRIDAY, is_now=True),
        people.MyShift(
            kind="Volunteer", start_at=FRIDAY + timedelta(days=42),
            end_at=FRIDAY + timedelta(days=49),
        ),
    ),
    sessions=(
        people.SessionRow(id="s1", browser="Firefox on Android", seen_at=NOW, is_this=True),
        people.SessionRow(id="s2", browser="Chromium on Linux", seen_at=before(days=3)),
    ),
)  # fmt: skip
PLAIN_ME = people.Me(
    name="Conor Doyle", email="conor@example.org", team_name="Payments", office_name="Dublin",
    zone="Europe/Dublin", standing="You have not volunteered, so nobody calls you out of hours.",
    methods=(), channels=ME.channels, rules=(), rule_methods=(), shifts=(),
    sessions=ME.sessions[:1], error="The code is wrong or has ended. Send a new one.",
)  # fmt: skip

MAIL_TEXT = """Checkout fails for 4 in 10 customers in Europe

Why you: you stand the shift until Friday 18:00, and Payments is closed until Monday 09:00.

Acknowledge:
https://watchbill.example.org/a/eyJpIjoiaW5jXzAxSkNIRUNLT1VUIiwidiI6ImFja25vd2xlZGdlIn0

If you do nothing, Tomás Walsh, duty manager, is called at 03:05.
"""
MAILBOX = mailbox.Mailbox(
    mails=(
        mailbox.MailRow(id="2", to="niamh@example.org", subject="[page] Checkout fails for 4 in 10 customers in Europe", at=before(minutes=2)),
        mailbox.MailRow(id="1", to="niamh@example.org", subject="Your code for Watchbill: 482 913", at=before(days=1)),
    ),
    to="",
    people=(Choice(value="niamh@example.org", label="Niamh Byrne"),),
    smtp="127.0.0.1:2525",
)  # fmt: skip
NO_MAILS = mailbox.Mailbox(mails=(), to="", people=(), smtp="127.0.0.1:2525")
MAIL = mailbox.Mail(
    to="niamh@example.org",
    sender="Watchbill <pages@watchbill.example.org>",
    subject="[page] Checkout fails for 4 in 10 customers in Europe",
    at=before(minutes=2),
    text=MAIL_TEXT,
    answers=(Choice(value="/answer/ask", label="Acknowledge"), Choice(value="/answer/expired", label="I cannot take it")),
)  # fmt: skip

INTEGRATIONS = settings.Integrations(
    rows=(
        settings.IntegrationRow(id="int_1", name="Alertmanager production", source="Alertmanager", service_name="Checkout", key_end="9f3a", last_event_at=before(seconds=30)),
        settings.IntegrationRow(id="int_2", name="Sentry web", source="Sentry", service_name="Search", key_end="77c1", last_event_at=None),
    ),
    sources=(Choice(value="pagerduty", label="PagerDuty Events v2"), Choice(value="alertmanager", label="Alertmanager")),
    services=SERVICE_CHOICES,
    created=settings.NewSecret(
        name="Alertmanager staging",
        secret=EXAMPLE,
        advice="Put this address into a webhook receiver.",
        example="receivers:\n- name: watchbill\n  webhook_configs:\n  - url: https://watchbill.example.org/intake/alertmanager/wbk_3b1f9a0c5d7e48a2b6f0c4d8e1a57b93",
    ),
)  # fmt: skip
TOKENS = settings.Tokens(
    rows=(
        settings.TokenRow(id="tok_1", name="Terraform", scopes=("alarms:write", "read"), person_name="Grace Liu", expires_at=NOW + timedelta(days=60), used_at=before(hours=5)),
        settings.TokenRow(id="tok_2", name="Old dashboard", scopes=("read",), person_name="Sam Price", expires_at=before(days=3), used_at=None),
    ),
    scopes=(Choice(value="read", label="Read everything"), Choice(value="incidents:write", label="Answer incidents"), Choice(value="alarms:write", label="Change alarms")),
    error="Choose at least one thing it may do.",
)  # fmt: skip
WEBHOOKS = settings.Webhooks(
    rows=(
        settings.HookRow(id="wh_1", url="https://chat.example.org/hooks/oncall", about="every incident", is_good=True, remark="answered 200", at=before(minutes=2)),
        settings.HookRow(id="wh_2", url="https://old.example.org/hook", about="opened, resolved", is_good=False, remark="no answer in 10 s, tried 6 times", at=before(hours=3)),
    ),
    kinds=(Choice(value="opened", label="Incident opened"), Choice(value="acknowledged", label="Incident acknowledged"), Choice(value="resolved", label="Incident resolved")),
)  # fmt: skip
AUDIT = settings.Audit(
    text="",
    rows=(
        settings.AuditRow(at=before(minutes=40), actor="Grace Liu", sentence="Made the integration Alertmanager staging for Checkout.", origin="screen"),
        settings.AuditRow(at=before(days=1), actor="Niamh Byrne", sentence="Verified the contact method E-mail.", origin="screen"),
        settings.AuditRow(at=before(days=2), actor="token Terraform", sentence="Proposed the alarm checkout-slow, version 3.", origin="API"),
    ),
    next_query="?cursor=x",
)  # fmt: skip


def answer(outcome: str) -> access.AnswerPage:
    return access.AnswerPage(
        outcome=outcome,  # type: ignore[arg-type]
        verb="acknowledge",
        label="Acknowledge",
        sentence=CHECKOUT.sentence,
        person_name="Niamh Byrne",
        action=f"/answer/{outcome}",
        incident_href=f"/incidents/{CHECKOUT.id}",
        answered_by="Tomás Walsh",
        answered_at=before(minutes=1),
    )


SIGN_IN = access.SignIn(
    email="niamh@example.org",
    error="That address and password do not belong together.",
    demo=("grace@example.org", "watchbill-demo"),
)
SETUP = access.Setup(zones=(Choice(value="Europe/Dublin", label="Europe/Dublin"),))
ERROR = access.ErrorPage(
    status=503,
    title="Watchbill cannot do this right now; try again.",
    detail="The database does not answer.",
    advice="Events that arrive are refused with “try again”, so monitoring systems keep them. "
    "Reload in a minute. If you are being paged, answer by the link in the mail.",
    reference="req_01JABC",
)

#: name of the shot → path, screen, context, shell
SCREENS: dict[str, tuple[str, pages.Screen, pages.Context, Shell]] = {
    "tonight": ("/", pages.TONIGHT, TONIGHT, SHELL),
    "tonight-faults": ("/sample/faults", pages.TONIGHT, QUIET, SHELL),
    "incidents": ("/incidents", pages.INCIDENTS, INCIDENTS, SHELL),
    "incidents-none": ("/sample/none", pages.INCIDENTS, NO_INCIDENTS, SHELL),
    "incident": (f"/incidents/{INCIDENT.id}", pages.INCIDENT, INCIDENT, SHELL),
    "incident-held": (f"/incidents/{HELD_INCIDENT.id}", pages.INCIDENT, HELD_INCIDENT, SHELL),
    "declare": ("/incidents/declare", pages.DECLARE, DECLARE, SHELL),
    "teams": ("/teams", pages.TEAMS, TEAMS, SHELL),
    "team": ("/teams/team_pay", pages.TEAM, TEAM, SHELL),
    "me": ("/me", pages.ME, ME, SHELL),
    "me-plain": ("/sample/me", pages.ME, PLAIN_ME, SHELL),
    "mailbox": ("/mailbox", pages.MAILBOX, MAILBOX, SHELL),
    "mailbox-none": ("/sample/mailbox", pages.MAILBOX, NO_MAILS, SHELL),
    "mail": ("/mailbox/2", pages.MAIL, MAIL, SHELL),
    "integrations": ("/settings/integrations", pages.INTEGRATIONS, INTEGRATIONS, SHELL),
    "tokens": ("/settings/tokens", pages.TOKENS, TOKENS, SHELL),
    "webhooks": ("/settings/webhooks", pages.WEBHOOKS, WEBHOOKS, SHELL),
    "audit": ("/settings/audit", pages.AUDIT, AUDIT, SHELL),
    "sign-in": ("/sign-in", pages.SIGN_IN, SIGN_IN, VISITOR),
    "setup": ("/setup", pages.SETUP, SETUP, VISITOR),
    "answer": ("/answer/ask", pages.ANSWER, answer("ask"), VISITOR),
    "answer-done": ("/answer/done", pages.ANSWER, answer("done"), VISITOR),
    "answer-already": ("/answer/already", pages.ANSWER, answer("already"), VISITOR),
    "answer-expired": ("/answer/expired", pages.ANSWER, answer("expired"), VISITOR),
    "error": ("/sample/error", pages.ERROR, ERROR, VISITOR),
}
