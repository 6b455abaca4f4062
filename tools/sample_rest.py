"""Sample contexts of the screens by day: teams, people, mailbox, settings, access."""

from __future__ import annotations

from datetime import date, timedelta

from tools.sample_night import CHECKOUT, EXAMPLE, FRIDAY, MONDAY, NOW, SERVICE_CHOICES, before
from watchbill.web.ui import access, mailbox, people, settings, teams
from watchbill.web.ui.shell import Choice

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
        teams.RotaRow(person_name="Aoife Kelly", start_at=before(days=5), end_at=MONDAY),
        teams.RotaRow(
            person_name="Dara Nolan", start_at=MONDAY, end_at=MONDAY + timedelta(days=7),
            is_next=True, instead_of="Conor Doyle",
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
    unregistered=(
        teams.UnregisteredRow(
            service_name="Checkout", alarm="disk-full", count=3, last_at=before(hours=2)
        ),
        teams.UnregisteredRow(
            service_name="Invoices", alarm="", count=1, last_at=before(days=2)
        ),
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
        settings.IntegrationRow(id="int_1", name="Alertmanager production", source="Alertmanager", service_name="Checkout", key_end="9f3a", last_event_at=before(seconds=30), alarm="disk-full: nobody wrote this alarm down", is_known=False),
        settings.IntegrationRow(id="int_2", name="Sentry web", source="Sentry", service_name="Search", key_end="77c1", last_event_at=None, alarm="", is_known=True),
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
    teams=(Choice(value="team_pay", label="Payments"), Choice(value="team_disc", label="Discovery")),
)  # fmt: skip
AUDIT = settings.Audit(
    text="",
    rows=(
        settings.AuditRow(at=before(minutes=40), actor="Grace Liu", sentence="Made the integration Alertmanager staging for Checkout.", changes=(), origin="screen"),
        settings.AuditRow(at=before(days=1), actor="Niamh Byrne", sentence="Verified the contact method E-mail.", changes=(), origin="screen"),
        settings.AuditRow(at=before(days=2), actor="token Terraform", sentence="Proposed the alarm checkout-slow, version 3.", changes=(settings.Change(label="severity", before="error", after="critical"),), origin="API"),
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
