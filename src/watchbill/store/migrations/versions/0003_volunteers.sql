-- ------------------------------------------------------------------ the on-call team: one row, the same rules for everybody
create table on_call_team (
  id            boolean primary key default true check (id),
  name          text not null default 'On-call team',
  zone          text not null default 'UTC',    -- of the boundary between shifts
  boundary_weekday int not null default 4 check (boundary_weekday between 0 and 6),   -- Friday
  boundary_time time not null default '18:00',
  seats         int not null default 7 check (seats between 1 and 100),
  least         int not null default 6 check (least between 1 and 100),               -- fewer: a warning
  term_days     int not null default 182 check (term_days between 7 and 400),
  gap_weeks     int not null default 2 check (gap_weeks between 0 and 26),            -- free weeks between two shifts
  shadows       boolean not null default false,
  limits        jsonb not null default '[]',    -- legal packs: [{most, weeks, source}]
  decay_percent int not null default 50 check (decay_percent between 0 and 100),      -- what of a former term's load still counts
  watches       jsonb not null default '[]'     -- a week split between offices: [{office_id, starts, ends}], local times; []: whole weeks
);
insert into on_call_team default values;

-- ------------------------------------------------------------------ volunteering
-- VO1: an application is the person's own act, and the only way to a term besides agreeing to one directly.
create table applications (
  id            text primary key,
  person_id     text not null references people,
  applied_by    text not null,
  applied_at    timestamptz not null,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  state         text not null check (state in ('waiting', 'seated', 'withdrawn')),
  decided_at    timestamptz,
  term_id       text references terms on delete set null,
  check (applied_by = person_id),
  check (starts_at < ends_at)
);
create unique index applications_one on applications (person_id) where state = 'waiting';
create index applications_waiting on applications (applied_at) where state = 'waiting';

alter table terms
  add column renewal_asked_at timestamptz;      -- when the person was asked; nothing is assumed

-- What a volunteer has made sure of before a first shift (VO6).
create table readiness (
  person_id     text not null references people on delete cascade,
  item          text not null check (item in ('internet', 'laptop', 'power', 'second_factor', 'credentials')),
  at            timestamptz not null,
  primary key (person_id, item)
);
alter table contact_methods
  add column tested_at timestamptz,             -- a test page over it was acknowledged
  add column test_sent_at timestamptz;          -- the newest test page; only its link counts

-- ------------------------------------------------------------------ shifts
alter table shifts
  add column stand_id text,                     -- pieces of one week's watch share it; null: alone
  add column plan_id text,                      -- the plan it was published with
  add column fixed boolean not null default false; -- the planner leaves it

create table plans (
  id            text primary key,
  made_at       timestamptz not null,
  made_by       text not null,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  seed          int not null,
  state         text not null check (state in ('draft', 'published', 'dropped')),
  published_at  timestamptz,
  base          text not null,                  -- what it was made from; publishing refuses another
  outcome       jsonb not null                  -- weeks with their people, aims with cost and bound, fairness, reasons
);
create index plans_newest on plans (made_at desc, id desc);

create table handoffs (
  id            text primary key,
  shift_id      text not null references shifts on delete cascade,
  person_id     text not null references people,
  at            timestamptz not null,
  note          text not null,
  facts         jsonb not null                  -- what was open, held and changed then
);
create unique index handoffs_shift on handoffs (shift_id);
create index alarm_steps_at on alarm_steps (at);
create index pages_of_managers on pages (started_at) where role = 'manager';

-- Asking one person, or everyone, to take a shift or a part of it; first who accepts has it.
create table swaps (
  id            text primary key,
  shift_id      text not null references shifts on delete cascade,
  asked_by      text not null references people,
  asked_at      timestamptz not null,
  to_person_id  text references people,         -- null: everyone of the on-call team
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  return_shift_id text,                         -- this one comes back for it; it may be gone since
  note          text not null default '',
  urgent        boolean not null default false, -- cover now
  state         text not null check (state in ('open', 'accepted', 'declined', 'withdrawn', 'over')),
  accepted_by   text references people,
  accepted_at   timestamptz,
  check (starts_at < ends_at),
  check ((state = 'accepted') = (accepted_by is not null and accepted_at is not null)),
  check (accepted_by is distinct from asked_by)
);
create index swaps_open on swaps (starts_at) where state = 'open';
create index swaps_shift on swaps (shift_id);

-- What somebody would rather not stand (below zero) or would like to (above): one line a week.
create table wishes (
  person_id     text not null references people on delete cascade,
  starts_at     timestamptz not null,           -- the boundary its week begins at
  weight        int not null check (weight between -3 and 3 and weight <> 0),
  primary key (person_id, starts_at)
);

-- ------------------------------------------------------------------ calendars
create table feeds (
  id            text primary key,
  person_id     text not null references people on delete cascade,  -- whose link it is
  kind          text not null check (kind in ('person', 'team', 'volunteers', 'managers')),
  subject_id    text not null,                  -- the person or team it shows; "" for the two rotas
  hash          text not null unique,
  hint          text not null,
  created_at    timestamptz not null,
  seen_at       timestamptz,
  revoked_at    timestamptz
);
create index feeds_person on feeds (person_id);

-- A calendar that was told of a shift must be told that it moved, or that it is gone.
alter table shifts add column sequence int not null default 0;
create table shifts_gone (
  shift_id      text not null,
  person_id     text not null references people on delete cascade,
  during        tstzrange not null,
  shadow        boolean not null,
  sequence      int not null,
  primary key (shift_id, person_id)
);
create index shifts_gone_person on shifts_gone (person_id);
create function shift_moved() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.during = old.during and new.person_id = old.person_id then return new; end if;
    new.sequence := old.sequence + 1;
    if new.person_id = old.person_id then return new; end if;
  end if;
  insert into shifts_gone values (old.id, old.person_id, old.during, old.shadow, old.sequence + 1)
  on conflict (shift_id, person_id) do update
    set during = excluded.during, shadow = excluded.shadow, sequence = excluded.sequence;
  return case when tg_op = 'UPDATE' then new else old end;
end $$;
create trigger shift_moved before update or delete on shifts for each row execute function shift_moved();

-- Busy and away times read in from a person's own calendar.
create table busy_calendars (
  id            text primary key,
  person_id     text not null references people on delete cascade,
  secret_url    text not null,
  hint          text not null,
  etag          text not null default '',
  fetched_at    timestamptz,
  due_at        timestamptz,
  failures      int not null default 0,         -- in a row
  counts_all    boolean not null default false, -- meetings too, not whole days alone
  error         text not null default ''
);
create index busy_calendars_due on busy_calendars (due_at) where due_at is not null;
alter table absences
  add column source text not null default 'hand' check (source in ('hand', 'calendar', 'csv', 'pause')),
  add column calendar_id text references busy_calendars on delete cascade,
  add column uid text not null default '';

-- ------------------------------------------------------------------ notices by the clock
-- What the on-call team's people were told, so that nobody hears it twice.
create table notices (
  person_id     text not null references people on delete cascade,
  word          text not null,
  about         text not null,                  -- the moment, day or thing it spoke of
  told_at       timestamptz not null,
  primary key (person_id, word, about)
);
create index notices_told on notices (told_at);

-- When the engine looks at the watch next: the soonest row counts. Every change that may matter adds a
-- row that is due at once; none is updated, so that no change waits for another. A look removes them.
create table watch_looks (
  id            bigint generated always as identity primary key,
  look_at       timestamptz not null
);
create index watch_looks_due on watch_looks (look_at);
insert into watch_looks (look_at) values ('epoch');

create function watch_changed() returns trigger language plpgsql as $$
begin
  insert into watch_looks (look_at) values ('epoch');
  return null;
end $$;
-- By row: housekeeping looks for questions that are over, and mostly finds none.
create trigger watch_changed after insert or update or delete on swaps for each row execute function watch_changed();
create trigger watch_changed after update of people_at_once on organization for each statement execute function watch_changed();

do $$
declare t text;
begin
  foreach t in array array['on_call_team'] loop
    execute format('create trigger company_changed after insert or update or delete or truncate on %I for each statement execute function company_changed()', t);
  end loop;
end $$;

do $$
declare t text;
begin
  foreach t in array array['on_call_team', 'terms', 'applications', 'shifts', 'plans', 'absences', 'rotas', 'rota_members',
      'rota_overrides', 'people', 'offices', 'closing_days', 'teams', 'services'] loop
    execute format('create trigger watch_changed after insert or update or delete on %I for each statement execute function watch_changed()', t);
  end loop;
end $$;
