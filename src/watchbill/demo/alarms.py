"""The demo's services and alarms: what is watched, in every state an alarm can be in."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmData:
    """An alarm; its runbook, where it has one, is the file `runbooks/<service>.<key>.md`."""

    key: str
    title: str
    state: str
    severity: str = "critical"
    impact: str = ""
    action: str = ""
    #: Why it was declined, returned or retired.
    why: str = ""
    is_muted: bool = False
    #: What an event of it says.
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceData:
    """A service, its alarms, and how its alerts join incidents."""

    slug: str
    name: str
    team: str
    alarms: tuple[AlarmData, ...]
    grouping: str = "alarm"
    close_after_s: int | None = None
    ack_timeout_s: int | None = None
    #: Sources besides PagerDuty's that post to it.
    sources: tuple[str, ...] = ()


def runbook(service: str, key: str) -> str:
    """Return the runbook's Markdown, or "" for an alarm without one."""
    file = resources.files("watchbill.demo") / "runbooks" / f"{service}.{key}.md"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


SERVICES = (
    ServiceData(
        slug="payments-api",
        name="Payments API",
        team="payments",
        sources=("alertmanager",),
        ack_timeout_s=14_400,
        alarms=(
            AlarmData(
                key="checkout-errors",
                title="Checkout fails for customers",
                state="accepted",
                impact="Customers cannot pay.",
                action="Find out what fails, and roll back or fail over within 15 minutes.",
                summary="Checkout: 6.4 % of payments failed in the last 5 minutes",
            ),
            AlarmData(
                key="card-provider-timeouts",
                title="The card provider answers slowly",
                state="in_review",
                impact="Some customers wait more than 10 s for their payment.",
                action="Switch the affected card types to the second provider.",
                summary="Card provider: p95 11.8 s over 10 minutes",
            ),
            AlarmData(
                key="checkout-latency",
                title="Checkout is slower than its target",
                state="draft",
                severity="warning",
                summary="Checkout: p99 2.6 s, target 2 s",
            ),
        ),
    ),
    ServiceData(
        slug="billing",
        name="Billing",
        team="payments",
        sources=("heartbeat",),
        alarms=(
            AlarmData(
                key="invoice-run-stalled",
                title="The invoice run has stalled",
                state="accepted",
                impact="Invoices are late; subscriptions lapse if it is not mended by 06:00.",
                action="Restart the run from its last batch.",
                summary="Invoice run: no batch finished for 30 minutes",
            ),
            AlarmData(
                key="dunning-mails-late",
                title="Reminders leave late",
                state="declined",
                impact="A reminder arrives a day later.",
                action="Restart the job in the morning.",
                why="Nobody loses anything by morning. Keep it for working hours.",
                summary="Dunning: 1,240 mails are more than 6 hours late",
            ),
        ),
    ),
    ServiceData(
        slug="payouts",
        name="Payouts",
        team="payments",
        alarms=(
            AlarmData(
                key="ledger-imbalance",
                title="Ledger and bank differ",
                state="accepted",
                impact="Money may be paid out twice.",
                action="Stop payouts at once; mend by day.",
                summary="Ledger: EUR 18,204.11 more paid out than booked",
            ),
            AlarmData(
                key="payout-file-missing",
                title="The bank's file did not come",
                state="proposed",
                impact="Payouts of the day are delayed.",
                action="Ask the bank's night desk for the file.",
                summary="Payouts: no settlement file by 02:00",
            ),
        ),
    ),
    ServiceData(
        slug="inbox-web",
        name="Inbox",
        team="inbox",
        sources=("grafana",),
        alarms=(
            AlarmData(
                key="inbox-unavailable",
                title="The inbox does not load",
                state="accepted",
                impact="Customers cannot read or answer their own customers.",
                action="Roll back the last deployment; if there was none, drain the bad zone.",
                summary="Inbox: 38 % of page loads answer 503",
            ),
            AlarmData(
                key="login-failures",
                title="People cannot sign in",
                state="accepted",
                impact="Customers are locked out.",
                action="Switch sessions to the standby store.",
                summary="Sign-in: success rate 71 %",
            ),
            AlarmData(
                key="asset-errors",
                title="Scripts fail to load",
                state="retired",
                why="Replaced by inbox-unavailable, which measures what customers see.",
                summary="CDN: 4 % of scripts answer 5xx",
            ),
        ),
    ),
    ServiceData(
        slug="conversation-search",
        name="Conversation search",
        team="inbox",
        close_after_s=86_400,
        alarms=(
            AlarmData(
                key="search-down",
                title="Search answers nothing",
                state="returned",
                impact="Customers cannot find old conversations.",
                action="Restart the search nodes one by one.",
                why="It rang four times in one month for a node that mends itself. Fix the threshold.",
                summary="Search: no successful query for 5 minutes",
            ),
            AlarmData(
                key="index-lag",
                title="The index is behind",
                state="proposed",
                severity="warning",
                summary="Search: index 45 minutes behind",
            ),
        ),
    ),
    ServiceData(
        slug="push-notifications",
        name="Push notifications",
        team="inbox",
        alarms=(
            AlarmData(
                key="push-backlog",
                title="Push messages pile up",
                state="draft",
                impact="Phones hear of new messages late.",
                summary="Push: 52,000 messages waiting",
            ),
        ),
    ),
    ServiceData(
        slug="message-delivery",
        name="Message delivery",
        team="messaging",
        sources=("alertmanager",),
        alarms=(
            AlarmData(
                key="messages-not-delivered",
                title="Messages are not delivered",
                state="accepted",
                impact="Customers' messages to their own customers do not arrive.",
                action="Restart the stuck partition's consumer; nothing is lost by that.",
                summary="Delivery: 9,300 messages older than 5 minutes",
            ),
            AlarmData(
                key="delivery-slow",
                title="Delivery is slow",
                state="declined",
                severity="warning",
                is_muted=True,
                why="A warning; it can wait for the team.",
                summary="Delivery: p95 40 s",
            ),
        ),
    ),
    ServiceData(
        slug="outbound-webhooks",
        name="Outbound webhooks",
        team="messaging",
        alarms=(
            AlarmData(
                key="webhook-queue-growing",
                title="Webhooks pile up",
                state="in_review",
                impact="Customers' own systems hear late of what happened.",
                action="Park the slowest receivers.",
                summary="Webhooks: queue doubled in 10 minutes, now 84,000",
            ),
        ),
    ),
    ServiceData(
        slug="email-gateway",
        name="E-mail gateway",
        team="messaging",
        sources=("sns",),
        alarms=(
            AlarmData(
                key="email-gateway-down",
                title="No mail leaves",
                state="accepted",
                impact="Customers' mails are not sent.",
                action="Fail over to the second provider.",
                summary="E-mail gateway: no mail left for 10 minutes, 6,100 waiting",
            ),
            AlarmData(
                key="email-bounces-high",
                title="Many mails bounce",
                state="proposed",
                impact="The provider may block us.",
                action="Pause the campaign that causes them.",
                summary="E-mail gateway: 9 % bounces in an hour",
            ),
        ),
    ),
    ServiceData(
        slug="primary-database",
        name="Primary database",
        team="data-platform",
        sources=("alertmanager", "datadog"),
        alarms=(
            AlarmData(
                key="primary-unreachable",
                title="The primary database does not answer",
                state="accepted",
                impact="Everything stops.",
                action="Promote the standby.",
                summary="Database: primary refuses connections for 60 s",
            ),
            AlarmData(
                key="disk-nearly-full",
                title="The database's disk fills within four hours",
                state="accepted",
                impact="Writes stop when it is full: everything stops.",
                action="Grow the volume.",
                summary="Database: disk full in 3 h 10 min at this rate",
            ),
            AlarmData(
                key="long-transactions",
                title="A transaction runs for an hour",
                state="declined",
                severity="warning",
                why="Nothing to be done at night; end it by day.",
                summary="Database: transaction open for 62 minutes",
            ),
        ),
    ),
    ServiceData(
        slug="event-stream",
        name="Event stream",
        team="data-platform",
        sources=("heartbeat",),
        alarms=(
            AlarmData(
                key="stream-consumer-stopped",
                title="A consumer of the event stream stands still",
                state="accepted",
                impact="Reports, search and webhooks stop being updated.",
                action="Restart the consumer; skip one poisoned record if it stops again.",
                summary="Event stream: consumer group search-indexer stands still",
            ),
            AlarmData(
                key="broker-under-replicated",
                title="A broker is behind",
                state="returned",
                impact="None until a second broker fails.",
                why="Rings at every rolling restart. Leave restarts out first.",
                summary="Event stream: 12 partitions under-replicated",
            ),
        ),
    ),
    ServiceData(
        slug="reports-api",
        name="Reports API",
        team="reporting",
        grouping="service",
        alarms=(
            AlarmData(
                key="reports-unavailable",
                title="Reports do not load",
                state="declined",
                impact="Dashboards are empty.",
                action="Restart the API.",
                why="Reports are read by day. The team has them at nine.",
                summary="Reports: 22 % of requests fail",
            ),
        ),
    ),
    ServiceData(
        slug="nightly-exports",
        name="Nightly exports",
        team="reporting",
        sources=("generic",),
        alarms=(
            AlarmData(
                key="export-failed",
                title="A nightly export failed",
                state="proposed",
                impact="A customer's data is a day old.",
                action="Start the export again.",
                summary="Exports: 3 of 412 failed",
            ),
        ),
    ),
)
