"""The demo's services, what of them is watched, and how each alarm came to where it stands.

What an alarm says is in code, as a company keeps it: `alarms/<team>.yml` with its runbooks, read by
`repository.py`. Those that were never moved there are in `by_hand.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Days, all of them counted from the demo's start, the past negative. A day at the weekend stands
#: for the Thursday or Friday before.
Day = int
#: About when the history begins.
_HISTORY = -190


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody says of an alarm on a day: the state it goes to, and why."""

    day: Day
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmData:
    """An alarm: what fires it, and its way so far."""

    key: str
    #: Where its newest version stands when the demo begins.
    state: str
    #: What an event of it says.
    summary: str
    severity: str = "critical"
    #: What its events call it, if that is not the key; and what else they carry.
    name: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    #: When each version was merged into the repository; none: it was written by hand.
    merged: tuple[Day, ...] = ()
    #: When it was written, if by hand, and by what: `hand`, `import`.
    written: Day = -100
    managed_by: str = "hand"
    steps: tuple[Step, ...] = ()
    is_muted: bool = False
    #: True if its state alone does not tell what an event of it leads to.
    is_special: bool = False

    @property
    def is_in_code(self) -> bool:
        """True if it is in the repository."""
        return bool(self.merged)

    @property
    def since(self) -> Day:
        """Return since when there is such an alarm."""
        return self.merged[0] if self.merged else self.written

    @property
    def wakes(self) -> bool:
        """True if an accepted version was in force all through the demo's history."""
        return self.may_wake and len(self.merged) > 1 and self.merged[0] < _HISTORY - 20

    @property
    def may_wake(self) -> bool:
        """True if an accepted version was in force at some time of the history."""
        return self.state != "returned" and any(step.state == "accepted" for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceData:
    """A service, its alarms, and how its alerts join incidents."""

    slug: str
    name: str
    team: str
    alarms: tuple[AlarmData, ...]
    #: What fires although nobody has written it down.
    unregistered: tuple[AlarmData, ...] = ()
    grouping: str = "alarm"
    close_after_s: int | None = None
    ack_timeout_s: int | None = None
    #: Sources besides PagerDuty's that post to it.
    sources: tuple[str, ...] = ()


def accepted(
    key: str, summary: str, *merged: Day, why: str, more: tuple[Step, ...] = (), **rest: object
) -> AlarmData:
    """Return an alarm that was accepted before the history begins, and again when it was renewed."""
    first, second = merged[0], merged[1]
    steps = (
        Step(day=first + 9, state="in_review"),
        Step(day=first + 20, state="accepted", why="Customers feel it, and I could follow this."),
        Step(day=second + 3, state="accepted", why=why),
        *more,
    )
    values: dict[str, object] = {"state": "accepted", "steps": steps, "merged": merged, **rest}
    return AlarmData(key=key, summary=summary, **values)  # type: ignore[arg-type]


def _unregistered(name: str, summary: str) -> AlarmData:
    return AlarmData(key=name, state="unregistered", summary=summary, written=-400)


SERVICES = (
    ServiceData(
        slug="payments-api",
        name="Payments API",
        team="payments",
        sources=("alertmanager",),
        ack_timeout_s=14_400,
        alarms=(
            accepted(
                "checkout-errors",
                "Checkout: 6.4 % of payments failed in the last 5 minutes",
                -232,
                -110,
                why="The new threshold would have spared us three pages since spring.",
            ),
            AlarmData(
                key="card-provider-timeouts",
                state="in_review",
                summary="Card provider: p95 11.8 s over 10 minutes",
                merged=(-74,),
                steps=(Step(day=-5, state="in_review", why="Three of us cannot get in yet."),),
            ),
            AlarmData(
                key="checkout-latency",
                state="draft",
                severity="warning",
                summary="Checkout: p99 2.6 s, target 2 s",
                written=-12,
            ),
        ),
    ),
    ServiceData(
        slug="billing",
        name="Billing",
        team="payments",
        sources=("heartbeat",),
        alarms=(
            accepted(
                "invoice-run-stalled",
                "Invoice run: no batch finished for 30 minutes",
                -232,
                -159,
                why="Skipping a batch is described now; that was what I missed in May.",
            ),
            AlarmData(
                key="dunning-mails-late",
                state="declined",
                summary="Dunning: 1,240 mails are more than 6 hours late",
                managed_by="import",
                written=-214,
                steps=(
                    Step(day=-209, state="proposed"),
                    Step(
                        day=-200,
                        state="declined",
                        why="Nobody loses anything by morning, and there is no runbook."
                        " Keep it for working hours.",
                    ),
                ),
            ),
        ),
        unregistered=(_unregistered("tax-service-slow", "Tax service: median 3.1 s, usual 0.2 s"),),
    ),
    ServiceData(
        slug="payouts",
        name="Payouts",
        team="payments",
        alarms=(
            accepted(
                "ledger-imbalance",
                "Ledger: EUR 18,204.11 more paid out than booked",
                -232,
                -110,
                why="One button, and it says not to touch the rest. I could do this asleep.",
            ),
            AlarmData(
                key="payout-file-missing",
                state="proposed",
                summary="Payouts: no settlement file by 02:00",
                merged=(-6,),
            ),
        ),
    ),
    ServiceData(
        slug="inbox-web",
        name="Inbox",
        team="inbox",
        sources=("grafana",),
        alarms=(
            accepted(
                "inbox-unavailable",
                "Inbox: 38 % of page loads answer 503",
                -230,
                -96,
                why="Tried the zone's drain on staging with the team: it does what it says.",
            ),
            accepted(
                "login-failures",
                "Sign-in: success rate 71 %",
                -230,
                -130,
                -6,
                why="It tells password guessing apart now.",
                more=(Step(day=-3, state="in_review"),),
                state="in_review",
                is_special=True,
            ),
            AlarmData(
                key="asset-errors",
                state="retired",
                summary="CDN: 4 % of scripts answer 5xx",
                written=-214,
                steps=(
                    Step(day=-209, state="proposed"),
                    Step(
                        day=-190,
                        state="retired",
                        why="Replaced by inbox-unavailable, which measures what customers see.",
                    ),
                ),
            ),
        ),
        unregistered=(
            _unregistered("websocket-reconnects", "Inbox: 9,100 phones reconnected in 5 minutes"),
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
                state="returned",
                summary="Search: no successful query for 5 minutes",
                merged=(-230,),
                steps=(
                    Step(day=-210, state="accepted", why="Short, and it can be followed."),
                    Step(
                        day=-192,
                        state="returned",
                        why="It rang four times in one month for a node that mends itself: two"
                        " minutes are too short. The runbook's second step has never been tried.",
                    ),
                ),
            ),
            AlarmData(
                key="index-lag",
                state="proposed",
                severity="warning",
                summary="Search: index 45 minutes behind",
                managed_by="import",
                written=-60,
                steps=(Step(day=-55, state="proposed"),),
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
                state="draft",
                summary="Push: 52,000 messages waiting",
                written=-4,
            ),
        ),
    ),
    ServiceData(
        slug="message-delivery",
        name="Message delivery",
        team="messaging",
        sources=("alertmanager",),
        alarms=(
            accepted(
                "messages-not-delivered",
                "Delivery: 9,300 messages older than 5 minutes",
                -230,
                -159,
                why="Setting a message aside is safe, the team showed me. Accepted.",
                name="MessagesNotDelivered",
                labels={"env": "production"},
            ),
            AlarmData(
                key="delivery-slow",
                state="declined",
                severity="warning",
                summary="Delivery: p95 40 s",
                is_muted=True,
                written=-214,
                steps=(
                    Step(day=-209, state="proposed"),
                    Step(day=-200, state="declined", why="A warning; it can wait for the team."),
                ),
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
                state="in_review",
                summary="Webhooks: queue doubled in 10 minutes, now 84,000",
                merged=(-74,),
                steps=(Step(day=-3, state="in_review", why="Reading the runbook this week."),),
            ),
        ),
    ),
    ServiceData(
        slug="email-gateway",
        name="E-mail gateway",
        team="messaging",
        sources=("sns",),
        alarms=(
            accepted(
                "email-gateway-down",
                "E-mail gateway: no mail left for 10 minutes, 6,100 waiting",
                -230,
                -96,
                why="The second provider is tried every month. Good.",
            ),
            AlarmData(
                key="email-bounces-high",
                state="proposed",
                summary="E-mail gateway: 9 % bounces in an hour",
                merged=(-184, -6),
                steps=(Step(day=-165, state="accepted", why="A block would cost us a day."),),
                is_special=True,
            ),
        ),
    ),
    ServiceData(
        slug="primary-database",
        name="Primary database",
        team="data-platform",
        sources=("alertmanager", "datadog"),
        alarms=(
            accepted(
                "primary-unreachable",
                "Database: primary refuses connections for 60 s",
                -228,
                -130,
                why="Clear about what is never ours to decide. I walked through it on staging.",
            ),
            accepted(
                "disk-nearly-full",
                "Database: disk full in 3 h 10 min at this rate",
                -228,
                -110,
                why="Growing the volume is two lines to copy. Fine.",
                state="proposed",
                is_special=True,
            ),
            AlarmData(
                key="long-transactions",
                state="declined",
                severity="warning",
                summary="Database: transaction open for 62 minutes",
                managed_by="import",
                written=-214,
                steps=(
                    Step(day=-209, state="proposed"),
                    Step(
                        day=-200,
                        state="declined",
                        why="Nothing to be done at night; end it by day.",
                    ),
                ),
            ),
        ),
    ),
    ServiceData(
        slug="event-stream",
        name="Event stream",
        team="data-platform",
        sources=("heartbeat",),
        alarms=(
            accepted(
                "stream-consumer-stopped",
                "Event stream: consumer group search-indexer stands still",
                -228,
                -130,
                why="Three records and then stop: that is the line I was missing.",
                name="StreamConsumerStopped",
            ),
            AlarmData(
                key="broker-under-replicated",
                state="returned",
                summary="Event stream: 12 partitions under-replicated",
                name="BrokerUnderReplicated",
                merged=(-228,),
                steps=(
                    Step(day=-208, state="accepted", why="Two brokers at once would be bad."),
                    Step(
                        day=-192,
                        state="returned",
                        why="Rings at every rolling restart. Leave restarts out first.",
                    ),
                ),
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
                state="declined",
                summary="Reports: 22 % of requests fail",
                written=-214,
                steps=(
                    Step(day=-209, state="proposed"),
                    Step(
                        day=-199,
                        state="declined",
                        why="Reports are read by day. The team has them at nine.",
                    ),
                ),
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
                state="proposed",
                summary="Exports: 3 of 412 failed",
                merged=(-130,),
                is_special=True,
            ),
        ),
        unregistered=(
            _unregistered("exports-bucket-nearly-full", "Exports: the bucket is 91 % full"),
        ),
    ),
)
