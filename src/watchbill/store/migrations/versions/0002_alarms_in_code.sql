-- ------------------------------------------------------------------ runbooks kept on their own
-- An alarm's version holds a copy of the text, so that what was reviewed is what is shown.
create table runbooks (
  id            text primary key,
  slug          text not null unique,
  title         text not null,
  team_id       text not null references teams,
  body          text not null default '',       -- Markdown
  url           text not null default '',
  last_tested_on date,
  managed_by    text not null default 'hand' check (managed_by in ('hand', 'yaml', 'terraform', 'import'))
);

-- ------------------------------------------------------------------ alarms: versions, never changed
create table alarm_versions (
  alarm_id      text not null references alarms on delete cascade,
  number        int not null check (number > 0),
  definition    jsonb not null,                 -- core/definitions.py to_data, its runbook's text apart
  title         text not null,
  severity      text not null check (severity in ('critical', 'error', 'warning', 'info')),
  runbook       text not null,
  runbook_url   text not null,
  match         jsonb not null,                 -- name to values; {} for the default
  review_by     date,
  content_hash  text not null,
  managed_by    text not null check (managed_by in ('hand', 'yaml', 'terraform', 'import')),
  evidence      jsonb not null default '{}',    -- url, author, approvers, revision of its pull request
  author_id     text references people,         -- who its evidence names, or else who applied it
  applied_by    text references people,         -- whose hand or token brought it here
  actor         text not null,
  created_at    timestamptz not null,
  accepted_by   text references people,
  accepted_at   timestamptz,
  bar_version   int,                            -- which numbers of the bar it was held against
  findings      jsonb,                          -- what came of each rule then
  glass_by      text references people,         -- applied without review: who, and why
  glass_at      timestamptz,
  glass_reason  text not null default '',
  primary key (alarm_id, number),
  check ((accepted_by is null) = (accepted_at is null)),
  check (accepted_by is null or (accepted_by is distinct from author_id and accepted_by is distinct from applied_by)),
  check ((glass_by is null) = (glass_at is null) and (glass_by is null or glass_reason <> '')),
  -- NO4, NO5: only what was accepted, or applied by breaking the glass, and has a runbook, may be in force.
  may_stand     boolean not null generated always as
                ((accepted_at is not null or glass_at is not null) and (runbook ~ '\S' or runbook_url ~ '\S')) stored,
  unique (alarm_id, number, may_stand)
);
create index alarm_versions_glass on alarm_versions (glass_at) where glass_at is not null and accepted_at is null;

-- What was written stays as it was written: only who accepted it, or broke the glass, comes later (NO5).
create function alarm_version_stays() returns trigger language plpgsql as $$
begin
  if (old.alarm_id, old.number, old.definition, old.title, old.severity, old.runbook, old.runbook_url, old.match,
      old.review_by, old.content_hash, old.managed_by, old.evidence, old.author_id, old.applied_by, old.actor,
      old.created_at)
     is distinct from
     (new.alarm_id, new.number, new.definition, new.title, new.severity, new.runbook, new.runbook_url, new.match,
      new.review_by, new.content_hash, new.managed_by, new.evidence, new.author_id, new.applied_by, new.actor,
      new.created_at) then
    raise integrity_constraint_violation using message = 'a version of an alarm is never changed';
  end if;
  return new;
end $$;
create trigger alarm_version_stays before update on alarm_versions
  for each row execute function alarm_version_stays();

insert into alarm_versions (alarm_id, number, definition, title, severity, runbook, runbook_url, match, content_hash,
    managed_by, author_id, actor, created_at, accepted_by, accepted_at)
  select a.id, 1,
    jsonb_build_object('key', a.key, 'service', s.slug, 'title', a.title, 'severity', a.severity,
      'customer_impact', a.customer_impact, 'required_action', a.required_action, 'runbook_url', a.runbook_url),
    a.title, a.severity, a.runbook, a.runbook_url, '{}', '', 'hand', a.author_id, coalesce(a.author_id, 'system'),
    coalesce(a.accepted_at, '2026-01-01T00:00Z'),
    a.accepted_by, a.accepted_at
  from alarms a join services s on s.id = a.service_id;

-- ------------------------------------------------------------------ alarms: what they are called, where they are on their way
alter table alarms
  add column version    int not null default 1, -- its newest one
  add column in_force   int,                    -- the one that routing obeys; null: it wakes nobody
  add column lapses_at  timestamptz,            -- when the acceptance ends, unless it is reviewed
  add column managed_by text not null default 'hand' check (managed_by in ('hand', 'yaml', 'terraform', 'import')),
  add column repository text not null default '',
  add column path       text not null default '',
  add column revision   text not null default '',
  add column state_at   timestamptz,            -- since when it is in its state
  add column created_at timestamptz,
  add column stands     boolean generated always as (case when in_force is not null then true end) stored;
update alarms set in_force = 1 where state = 'accepted';
update alarms a set created_at = v.created_at, state_at = v.created_at from alarm_versions v where v.alarm_id = a.id;
-- The old checks go with the columns they speak of.
alter table alarms
  drop column title, drop column severity, drop column customer_impact, drop column required_action,
  drop column runbook, drop column runbook_url, drop column author_id, drop column accepted_by, drop column accepted_at,
  alter column created_at set not null,
  alter column state_at set not null,
  drop constraint alarms_service_id_key_key,
  add check (state <> 'accepted' or in_force is not distinct from version),
  add check (state not in ('draft', 'returned', 'retired') or in_force is null),
  add check (state <> 'declined' or in_force is distinct from version),
  add check (in_force <= version),
  add foreign key (id, version) references alarm_versions (alarm_id, number) deferrable initially deferred,
  add foreign key (id, in_force, stands) references alarm_versions (alarm_id, number, may_stand);
-- A retired alarm leaves its name free.
create unique index alarms_key on alarms (service_id, key) where state <> 'retired';
create index alarms_by_state on alarms (state, state_at);
create index alarms_of_repository on alarms (repository) where repository <> '';
create index alarms_lapsing on alarms (lapses_at) where lapses_at is not null;

-- Every step of a handover, kept.
create table alarm_steps (
  id            text primary key,
  alarm_id      text not null references alarms on delete cascade,
  version       int not null,
  at            timestamptz not null,
  state         text not null,                  -- the state it came into; `glass_broken`, `lapsed` and `changed` besides
  person_id     text references people,
  actor         text not null,
  reason        text not null
);
create index alarm_steps_alarm on alarm_steps (alarm_id, id);

-- What reviewers answered to the questions only a person can (A7, A8, R7, R11, R15 …).
create table alarm_answers (
  alarm_id      text not null,
  version       int not null,
  rule          text not null,
  person_id     text not null references people,
  is_yes        boolean not null,
  at            timestamptz not null,
  primary key (alarm_id, version, rule, person_id),
  foreign key (alarm_id, version) references alarm_versions (alarm_id, number) on delete cascade
);

-- R8: which systems a person has confirmed they can get into.
create table access_confirmations (
  person_id     text not null references people on delete cascade,
  system        text not null,
  at            timestamptz not null,
  primary key (person_id, system)
);

-- The numbers of the bar; each change is a new version, and every team has the same (AL4, AL6).
create table bars (
  version       int primary key,
  limits        jsonb not null,
  agreed_at     timestamptz not null,
  agreed_by     text not null
);

-- The one-tap verdict on an incident afterwards (RB4, R16, A17).
create table reviews (
  incident_id   text not null references incidents,
  person_id     text not null references people,
  at            timestamptz not null,
  needed        boolean not null,
  action        text not null check (action in ('fixed', 'mitigated', 'watched', 'nothing')),
  runbook       text not null check (runbook in ('helped', 'partly', 'wrong', 'missing')),
  note          text not null default '',
  primary key (incident_id, person_id)
);

-- "" where no alarm matches: the event's own name is with its alerts.
create index incidents_of_alarm on incidents (service_id, alarm, opened_at desc);
-- A16 reads the last 90 days of a service.
create index alerts_of_service on alerts (service_id, first_at desc);

-- Alarms have a number of their own besides the company's: thousands of them are not read again when
-- somebody changes their telephone number.
alter table organization add column alarms_version bigint not null default 1;
create function alarms_changed() returns trigger language plpgsql as $$
begin
  update organization set version = version + 1, alarms_version = alarms_version + 1;
  perform pg_notify('company', '');
  return null;
end $$;
drop trigger company_changed on alarms;
create trigger company_changed after insert or update or delete or truncate on alarms
  for each statement execute function alarms_changed();
create trigger company_changed after insert or update or delete or truncate on alarm_versions
  for each statement execute function alarms_changed();

-- What routing, messages and screens read of an alarm: the version in force, else the newest; retired ones are gone.
create view alarms_now as
  select a.id, a.service_id, a.key, a.state, a.version, a.in_force, a.lapses_at, a.muted_until, v.number as shown,
         v.title, v.severity, v.runbook, v.runbook_url, v.match, v.definition
  from alarms a join alarm_versions v on v.alarm_id = a.id and v.number = coalesce(a.in_force, a.version)
  where a.state <> 'retired';

-- When the engine looks at an alarm next: to write down that its acceptance has run out, or to tell its team
-- that its review is near, overdue, or that it came back (AL5). Whoever moves an alarm lets it look at once.
create table alarm_looks (
  alarm_id      text primary key references alarms on delete cascade,
  look_at       timestamptz not null,
  told_at       timestamptz                     -- when its team was last told anything
);
create index alarm_looks_due on alarm_looks (look_at);
create function alarm_moved() returns trigger language plpgsql as $$
begin
  insert into alarm_looks (alarm_id, look_at) values (new.id, new.state_at)
  on conflict (alarm_id) do update set look_at = excluded.look_at;
  return null;
end $$;
create trigger alarm_moved after insert or update of state, state_at, in_force, lapses_at on alarms
  for each row execute function alarm_moved();
insert into alarm_looks (alarm_id, look_at) select id, state_at from alarms;
