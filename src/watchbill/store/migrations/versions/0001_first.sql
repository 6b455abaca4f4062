-- Every table of Watchbill. Instants are timestamptz, set from a bound parameter: no SQL reads a clock.
-- Rules a database can say are said here, as the last guard (ids: NO1 ... NO10).
create extension if not exists btree_gist;

-- ------------------------------------------------------------------ the company
-- One row. `version` grows with every change of what decisions read (see the trigger at the end).
create table organization (
  id                  boolean primary key default true check (id),
  name                text not null default 'Our company',
  version             bigint not null default 1,
  volunteer_wait_s    int not null default 300 check (volunteer_wait_s between 30 and 86400),
  manager_wait_s      int not null default 600 check (manager_wait_s between 30 and 86400),
  pages_a_month       int not null default 10 check (pages_a_month >= 0),
  people_at_once      int not null default 2 check (people_at_once >= 1),
  secret              bytea not null,            -- signs links and cookies
  base_url            text not null default ''
);

create table offices (
  id         text primary key,
  slug       text not null unique,
  name       text not null,
  zone       text not null,
  country    text not null default '',          -- ISO 3166-1 alpha-2, as the `holidays` package knows it
  region     text not null default '',
  week       jsonb not null default '[]'        -- [{"weekday":0,"start":"09:00","end":"18:00"}, ...]
);

create table closing_days (
  office_id  text not null references offices on delete cascade,
  day        date not null,
  name       text not null default '',
  primary key (office_id, day)
);

create table teams (
  id         text primary key,
  slug       text not null unique,
  name       text not null,
  office_id  text not null references offices,
  zone       text,                              -- null: the office's
  week       jsonb,                             -- null: the office's
  policy     jsonb not null default '[{"target":"rota","wait_s":300},{"target":"team","wait_s":600}]'
);

create table people (
  id            text primary key,
  name          text not null,
  email         text not null,
  role          text not null default 'engineer' check (role in ('engineer', 'manager')),
  is_admin      boolean not null default false,
  team_id       text references teams,
  office_id     text references offices,
  zone          text,
  skills        text not null default '',
  helps         boolean not null default true,  -- may be offered as a helper, in their hours
  password_hash text,
  disabled_at   timestamptz,
  unique (id, role)
);
create unique index people_email on people (lower(email));

create table contact_methods (
  id            text primary key,
  person_id     text not null references people on delete cascade,
  channel       text not null,
  address       text not null,
  label         text not null default '',
  secret        text not null default '',
  created_at    timestamptz not null,
  verified_at   timestamptz,
  code_hash     text,
  code_until    timestamptz,
  code_tries    int not null default 0,
  failed_at     timestamptz,                    -- the channel said for good that it cannot be reached
  failure       text not null default '',
  unique (person_id, channel, address)
);

create table contact_rules (
  id            text primary key,
  person_id     text not null references people on delete cascade,
  method_id     text not null references contact_methods on delete cascade,
  after_s       int not null check (after_s between 0 and 3600),
  unique (person_id, method_id, after_s)
);

create table absences (
  id            text primary key,
  person_id     text not null references people on delete cascade,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  check (starts_at < ends_at)
);
create index absences_person on absences (person_id);

-- ------------------------------------------------------------------ who answers
-- NO2: a term is the person's own agreement, and no shift exists without one that covers it.
create table terms (
  id            text primary key,
  person_id     text not null references people,
  during        tstzrange not null check (not isempty(during)),
  consented_by  text not null,
  consented_at  timestamptz not null,
  check (consented_by = person_id),
  unique (id, person_id, during),
  exclude using gist (person_id with =, during with &&)
);

create table shifts (
  id            text primary key,
  term_id       text not null,
  person_id     text not null,
  term_during   tstzrange not null,
  during        tstzrange not null check (not isempty(during)),
  shadow        boolean not null default false,
  check (during <@ term_during),
  foreign key (term_id, person_id, term_during) references terms (id, person_id, during) on update cascade,
  exclude using gist (during with &&) where (not shadow)          -- SH2, NO8: one carrier
);

create table rotas (
  id            text primary key,
  kind          text not null check (kind in ('team', 'managers')),
  team_id       text unique references teams on delete cascade,
  name          text not null,
  zone          text not null,
  turn          text not null check (turn in ('day', 'week')),
  turn_length   int not null default 1 check (turn_length between 1 and 52),
  starts_on     date not null,
  handoff_weekday int not null check (handoff_weekday between 0 and 6),
  handoff_time  time not null,
  check ((kind = 'team') = (team_id is not null)),
  unique (id, kind)
);
create unique index rotas_one_for_managers on rotas (kind) where kind = 'managers';

-- NO3, ES2: only a manager stands on the managers' rota, and a manager on it cannot stop being one.
create table rota_members (
  rota_id       text not null,
  rota_kind     text not null,
  position      int not null,
  person_id     text not null,
  person_role   text not null,
  primary key (rota_id, position),
  check (rota_kind <> 'managers' or person_role = 'manager'),
  foreign key (rota_id, rota_kind) references rotas (id, kind) on delete cascade,
  foreign key (person_id, person_role) references people (id, role) on update cascade
);

create table rota_overrides (
  id            text primary key,
  rota_id       text not null,
  rota_kind     text not null,
  person_id     text not null,
  person_role   text not null,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  created_at    timestamptz not null,
  check (starts_at < ends_at),
  check (rota_kind <> 'managers' or person_role = 'manager'),
  foreign key (rota_id, rota_kind) references rotas (id, kind) on delete cascade,
  foreign key (person_id, person_role) references people (id, role) on update cascade
);
create index rota_overrides_rota on rota_overrides (rota_id, starts_at);

-- ------------------------------------------------------------------ what is watched
create table services (
  id               text primary key,
  slug             text not null unique,
  name             text not null,
  team_id          text not null references teams,
  grouping         text not null default 'alarm' check (grouping in ('alarm', 'fields', 'time', 'service', 'alert')),
  grouping_fields  text[] not null default '{}',
  grouping_window_s int not null default 300 check (grouping_window_s between 1 and 604800),
  ack_timeout_s    int check (ack_timeout_s between 60 and 604800),      -- null: an acknowledgement never expires
  close_after_s    int check (close_after_s between 60 and 31536000),    -- null: silence never closes
  maintenance_from timestamptz,
  maintenance_until timestamptz
);
create index services_team on services (team_id);

create table integrations (
  id            text primary key,
  service_id    text not null references services,
  source        text not null,
  name          text not null,
  key_hash      text not null unique,           -- sha256 of the key; the key itself is shown once
  key_hint      text not null,                  -- its last four characters
  settings      jsonb not null default '{}',
  close_after_s int check (close_after_s between 60 and 31536000),
  created_at    timestamptz not null,
  disabled_at   timestamptz
);
create index integrations_service on integrations (service_id);

-- When each door last let an event in; apart from its door, which changes only when people change it.
create table integrations_seen (
  integration_id text primary key references integrations on delete cascade,
  seen_at        timestamptz not null
) with (fillfactor = 50);

create table heartbeats (
  integration_id text primary key references integrations on delete cascade,
  every_s       int not null check (every_s between 10 and 2592000),
  seen_at       timestamptz,
  due_at        timestamptz,                    -- when silence becomes an alert; null: never pinged yet, or missing
  missing_since timestamptz
);
create index heartbeats_due on heartbeats (due_at) where due_at is not null;

-- NO4: accepted means a runbook and a reviewer who is not the author.
create table alarms (
  id              text primary key,
  service_id      text not null references services,
  key             text not null,
  title           text not null,
  state           text not null check (state in ('draft', 'proposed', 'in_review', 'accepted', 'declined', 'returned', 'retired')),
  severity        text not null default 'critical' check (severity in ('critical', 'error', 'warning', 'info')),
  customer_impact text not null default '',
  required_action text not null default '',
  runbook         text not null default '',
  runbook_url     text not null default '',
  muted_until     timestamptz,
  author_id       text references people,
  accepted_by     text references people,
  accepted_at     timestamptz,
  state_reason    text not null default '',
  unique (service_id, key),
  check (state <> 'accepted' or (accepted_by is not null and accepted_at is not null
         and (runbook <> '' or runbook_url <> '') and accepted_by is distinct from author_id))
);

create table webhooks (
  id            text primary key,
  name          text not null,
  url           text not null,
  secret        text not null,
  team_id       text references teams on delete cascade,   -- null: every team's incidents
  created_at    timestamptz not null,
  disabled_at   timestamptz
);

-- ------------------------------------------------------------------ the straight line
-- What intake stores, by COPY, in one commit for all that wait: an event answered 202 is here or in `events`.
-- Folding moves a row from here to `events`; so this table stays small whatever is kept.
create table inbox (
  id             bigint generated always as identity primary key,
  service_id     text not null,
  integration_id text not null,
  received_at    timestamptz not null,
  event          text not null,                 -- the Event, as JSON
  body           text,                          -- the request as it came; with its first event only
  failed_at      timestamptz,                   -- set aside: it failed alone, and is shown until somebody acts
  error          text
);
create index inbox_waiting on inbox (service_id, id) where failed_at is null;

create table events (
  id             bigint not null primary key,
  service_id     text not null,
  integration_id text not null,
  received_at    timestamptz not null,
  event          text not null,
  body           text,
  alert_id       text,                          -- null: it changed nothing (resolve of what is not open, a change)
  incident_id    text
);
create index events_alert on events (alert_id, id) where alert_id is not null;
create index events_changes on events (service_id, id) where alert_id is null;

create table incidents (
  id              text primary key,
  number          bigint generated always as identity unique,
  service_id      text not null references services,
  team_id         text not null,
  alarm           text not null,                -- the alarm's key, "" when the event named none
  group_key       text not null,
  title           text not null,
  severity        text not null,
  state           text not null check (state in ('triggered', 'acknowledged', 'held', 'snoozed', 'resolved')),
  side            text not null check (side in ('nobody', 'team', 'volunteers', 'hold')),
  reason          text not null,
  facts           jsonb not null,
  opened_at       timestamptz not null,
  firing          int not null,                 -- things firing now, over all its alerts
  alerts          int not null,                 -- alerts that ever belonged to it
  announced       int not null,                 -- `firing` when people were last told
  announced_at    timestamptz,
  step            int not null,
  step_ends_at    timestamptz,
  boundary_at     timestamptz,
  hold_until      timestamptz,
  snoozed_until   timestamptz,
  acknowledged_by text,
  acknowledged_at timestamptz,
  ack_until       timestamptz,
  help_asked_by   text,
  glass_by        text,
  glass_reason    text not null,
  close_at        timestamptz,
  resolved_at     timestamptz,
  resolved_by     text,
  resolution      text not null,                -- by hand, by its source, stale
  stuck_at        timestamptz,                  -- nobody could be reached since then
  due_at          timestamptz,                  -- when the engine looks again
  failed_at       timestamptz,                  -- set aside by the engine
  error           text,
  check (state <> 'held' or hold_until is not null),
  check ((state = 'resolved') = (resolved_at is not null)),
  check (glass_by is null or glass_reason <> '')
);
create unique index incidents_open_group on incidents (service_id, group_key) where state <> 'resolved';
create index incidents_due on incidents (due_at) where due_at is not null;
create index incidents_open on incidents (opened_at) where state <> 'resolved';
create index incidents_listed on incidents (opened_at desc, id desc);
create index incidents_by_service on incidents (service_id, opened_at desc);
create index incidents_by_team on incidents (team_id, opened_at desc);
create index incidents_text on incidents using gin (to_tsvector('simple', title || ' ' || alarm));
create index incidents_failed on incidents (failed_at) where failed_at is not null;

create table alerts (
  id             text primary key,
  service_id     text not null,
  integration_id text not null,
  dedup_key      text not null,
  incident_id    text not null references incidents,
  state          text not null check (state in ('firing', 'resolved')),
  alarm          text not null,
  summary        text not null,
  severity       text not null,
  source         text not null,
  size           int not null,
  fields         jsonb not null,
  links          jsonb not null,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  events         int not null,
  resolved_at    timestamptz
);
create unique index alerts_firing on alerts (integration_id, dedup_key) where state = 'firing';
create index alerts_incident on alerts (incident_id, first_at);
create index alerts_listed on alerts (first_at desc, id desc);
create index alerts_key on alerts (dedup_key, first_at desc);

create table pages (
  id             text primary key,
  incident_id    text not null references incidents,
  person_id      text not null references people,
  role           text not null,                 -- rota, team, person, volunteer, manager
  reason         text not null,
  facts          jsonb not null,
  step           int not null,
  out_of_hours   boolean not null,
  started_at     timestamptz not null,
  ended_at       timestamptz,
  outcome        text check (outcome in ('acknowledged', 'covered', 'declined', 'escalated', 'passed', 'resolved', 'snoozed', 'failed')),
  check ((ended_at is null) = (outcome is null))
);
create unique index pages_open on pages (incident_id, person_id) where ended_at is null;
create index pages_incident on pages (incident_id, started_at);
create index pages_listed on pages (started_at desc, id desc);
create index pages_by_person on pages (person_id, started_at desc);
create index pages_at_night on pages (started_at) where out_of_hours;

create table notifications (
  id             text primary key,
  kind           text not null,
  incident_id    text references incidents,
  page_id        text references pages,
  person_id      text references people,
  method_id      text references contact_methods on delete set null,
  webhook_id     text references webhooks on delete cascade,
  channel        text not null,
  data           jsonb not null,
  state          text not null check (state in ('planned', 'claimed', 'sent', 'failed', 'cancelled')),
  due_at         timestamptz not null,
  claimed_until  timestamptz,
  attempts       int not null,
  created_at     timestamptz not null,
  sent_at        timestamptz,
  provider_id    text not null,
  error          text not null,
  turn           int not null default 0,        -- the how-manieth incident of its service in one batch: a storm waits for others
  message_id     text                           -- notifications sent as one message (a bundle) share it
);
create index notifications_due on notifications (channel, turn, due_at) where state = 'planned';
create index notifications_next on notifications (channel, due_at) where state = 'planned';
create index notifications_method on notifications (method_id, sent_at) where method_id is not null and sent_at is not null;
create index notifications_claimed on notifications (claimed_until) where state = 'claimed';
create index notifications_page on notifications (page_id) where page_id is not null;
create index notifications_incident on notifications (incident_id, id);
create index notifications_hooks on notifications (webhook_id, incident_id, id) where webhook_id is not null and state in ('planned', 'claimed');
create index notifications_failed on notifications (created_at) where state = 'failed';

create table timeline (
  id             text primary key,
  incident_id    text not null references incidents,
  at             timestamptz not null,
  kind           text not null,
  person_id      text,
  facts          jsonb not null
);
create index timeline_incident on timeline (incident_id, id);

-- ------------------------------------------------------------------ access
create table sessions (
  id_hash       text primary key,
  person_id     text not null references people on delete cascade,
  created_at    timestamptz not null,
  seen_at       timestamptz not null,
  expires_at    timestamptz not null,
  agent         text not null default ''
);
create index sessions_person on sessions (person_id);
create index sessions_expiry on sessions (expires_at);

create table tokens (
  id            text primary key,
  name          text not null,
  hash          text not null unique,
  hint          text not null,
  scopes        text[] not null,
  person_id     text not null references people on delete cascade,
  created_at    timestamptz not null,
  expires_at    timestamptz,
  seen_at       timestamptz,
  revoked_at    timestamptz
);

create table sign_in_attempts (
  who           text not null,                  -- a mail address or a network address, hashed
  at            timestamptz not null
);
create index sign_in_attempts_who on sign_in_attempts (who, at);

create table audit (
  id            text primary key,
  at            timestamptz not null,
  actor         text not null,                  -- a person's id, `token:<id>`, `system`, `cli`
  action        text not null,                  -- team.changed, token.made ...
  noun          text not null,
  noun_id       text not null,
  facts         jsonb not null
);
create index audit_listed on audit (id desc);
create index audit_noun on audit (noun, noun_id, id desc);

-- ------------------------------------------------------------------ the engine
-- When work that any process does now and then (`any`, `tidy`) was last done.
create table engine_runs (
  process       text not null,
  step          text not null,
  finished_at   timestamptz not null,
  primary key (process, step)
);

-- ------------------------------------------------------------------ wake-ups
-- What decisions read has changed: processes drop their picture of the company.
create function company_changed() returns trigger language plpgsql as $$
begin
  update organization set version = version + 1;
  perform pg_notify('company', '');
  return null;
end $$;
do $$
declare t text;
begin
  foreach t in array array['offices', 'closing_days', 'teams', 'people', 'contact_methods', 'contact_rules', 'absences',
      'terms', 'shifts', 'rotas', 'rota_members', 'rota_overrides', 'services', 'integrations', 'alarms', 'webhooks'] loop
    execute format('create trigger company_changed after insert or update or delete or truncate on %I for each statement execute function company_changed()', t);
  end loop;
end $$;
