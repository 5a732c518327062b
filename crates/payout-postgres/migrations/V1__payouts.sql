-- Payouts and their history, what has been paid in, and what is still to be done.
--
-- Times are microseconds since 1970-01-01T00:00:00Z, lists of account identifiers are joined by spaces,
-- and pairs of metadata by U+001E and U+001F. What is of a person may be sealed: account holders, account
-- identifiers, references, metadata, the bodies for the gateway, and how transmissions ended. Then it begins
-- with U+0001.
--
-- What must never happen is refused here as well, for the day on which somebody types SQL by hand.
--
-- Refuses what a trigger was made for, in the trigger's words.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Payouts ------------------------------------------------------------------------------------------

CREATE TABLE payout (
    -- Frozen when the payout is accepted.
    id                   uuid   PRIMARY KEY,
    client_id            text   NOT NULL,
    idempotency_key      text   NOT NULL,
    merchant_account_id  uuid   NOT NULL,
    user_id              text   NOT NULL,
    payment_source_id    uuid   NOT NULL,
    amount_minor         bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
    currency             text   NOT NULL CHECK (length(currency) = 3),
    reference            text   NOT NULL,
    scheme_selection     text   NOT NULL,
    metadata             text   NOT NULL,
    proof_payment_id     uuid,
    proof_listed_at      bigint,
    scheme_found         text,
    account_holder_name  text,
    account_identifiers  text   NOT NULL,
    created_at           bigint NOT NULL,
    profile              text   NOT NULL,
    gateway_key          text   NOT NULL,
    gateway_body         bytea  NOT NULL,

    -- What is known of it.
    state                text   NOT NULL CHECK (
        state IN ('accepted', 'sending', 'sending:again', 'unknown', 'submitted',
            'submitted:authorized', 'executed', 'returned', 'parked:window_closed',
            'parked:too_old', 'parked:key_reused', 'parked:profile_changed', 'parked:restored')
        OR state LIKE 'failed:%'),
    version              bigint NOT NULL CHECK (version > 0),
    attempts             bigint NOT NULL CHECK (attempts >= 0),
    first_sent_at        bigint,
    gateway_payout_id    uuid,
    scheme_used          text,
    authorized_at        bigint,
    executed_at          bigint,
    failed_at            bigint,
    returned_by          uuid,
    proposed_by          text,

    -- When somebody shall look at it again: at the latest when the lease of whoever looks at it now
    -- has ended. How often somebody began to.
    due_at               bigint,
    epoch                bigint NOT NULL DEFAULT 0,

    -- Exactly one thing shows that the account has paid in.
    CHECK ((proof_payment_id IS NULL) <> (proof_listed_at IS NULL)),

    -- A key ends in its payout's id, so no two payouts have the same: no index is needed for it.
    CONSTRAINT gateway_key_ends_in_the_id CHECK (right(gateway_key, 36) = id::text)
);

CREATE INDEX payout_by_client ON payout (client_id, created_at, id);

CREATE UNIQUE INDEX payout_by_gateway_id ON payout (profile, gateway_payout_id)
    WHERE gateway_payout_id IS NOT NULL;

CREATE INDEX payout_to_send ON payout (due_at, id)
    WHERE due_at IS NOT NULL AND state IN ('accepted', 'sending', 'sending:again', 'unknown');

CREATE INDEX payout_to_watch ON payout (profile, due_at, id)
    WHERE due_at IS NOT NULL AND (
        state IN ('submitted', 'submitted:authorized', 'executed', 'returned')
        OR state LIKE 'parked:%');

-- What operators ask for.
CREATE INDEX payout_unknown ON payout (created_at, id)
    WHERE state IN ('sending:again', 'unknown');

CREATE INDEX payout_parked ON payout (created_at, id)
    WHERE state LIKE 'parked:%';

CREATE INDEX payout_unsettled ON payout (created_at, id)
    WHERE state IN ('accepted', 'sending', 'sending:again', 'unknown', 'parked:too_old',
        'parked:profile_changed');

CREATE TABLE idempotency (
    client_id    text   NOT NULL,
    key          text   NOT NULL,
    payout_id    uuid   NOT NULL REFERENCES payout (id),
    fingerprint  bytea  NOT NULL CHECK (length(fingerprint) = 32),
    created_at   bigint NOT NULL,
    PRIMARY KEY (client_id, key)
);

-- History ------------------------------------------------------------------------------------------

CREATE TABLE payout_event (
    payout_id  uuid   NOT NULL REFERENCES payout (id),
    version    bigint NOT NULL CHECK (version > 0),
    at         bigint NOT NULL,
    evidence   text   NOT NULL,
    state      text   NOT NULL,
    PRIMARY KEY (payout_id, version)
);

-- Every step from one state to another that `Payout::apply` can take.
CREATE TABLE legal_step (
    from_kind  text NOT NULL,
    to_kind    text NOT NULL,
    PRIMARY KEY (from_kind, to_kind)
);

INSERT INTO legal_step (from_kind, to_kind) VALUES
    ('accepted', 'executed'),
    ('accepted', 'failed'),
    ('accepted', 'parked'),
    ('accepted', 'returned'),
    ('accepted', 'sending'),
    ('accepted', 'sending:again'),
    ('accepted', 'submitted'),
    ('accepted', 'submitted:authorized'),
    ('accepted', 'unknown'),
    ('executed', 'returned'),
    ('parked', 'accepted'),
    ('parked', 'executed'),
    ('parked', 'failed'),
    ('parked', 'parked'),
    ('parked', 'returned'),
    ('parked', 'submitted'),
    ('parked', 'submitted:authorized'),
    ('parked', 'unknown'),
    ('sending', 'accepted'),
    ('sending', 'executed'),
    ('sending', 'failed'),
    ('sending', 'parked'),
    ('sending', 'returned'),
    ('sending', 'sending:again'),
    ('sending', 'submitted'),
    ('sending', 'submitted:authorized'),
    ('sending', 'unknown'),
    ('sending:again', 'executed'),
    ('sending:again', 'failed'),
    ('sending:again', 'parked'),
    ('sending:again', 'returned'),
    ('sending:again', 'submitted'),
    ('sending:again', 'submitted:authorized'),
    ('sending:again', 'unknown'),
    ('submitted', 'executed'),
    ('submitted', 'failed'),
    ('submitted', 'returned'),
    ('submitted', 'submitted:authorized'),
    ('submitted:authorized', 'executed'),
    ('submitted:authorized', 'failed'),
    ('submitted:authorized', 'returned'),
    ('unknown', 'executed'),
    ('unknown', 'failed'),
    ('unknown', 'parked'),
    ('unknown', 'returned'),
    ('unknown', 'sending:again'),
    ('unknown', 'submitted'),
    ('unknown', 'submitted:authorized');

CREATE TRIGGER legal_step_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON legal_step
FOR EACH ROW EXECUTE FUNCTION refuse('the life of a payout is not changed by hand');
CREATE TRIGGER legal_step_is_kept BEFORE TRUNCATE ON legal_step
EXECUTE FUNCTION refuse('the life of a payout is not changed by hand');

-- The state without its reason.
CREATE FUNCTION kind_of(state text) RETURNS text LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN state LIKE 'failed:%' THEN 'failed'
         WHEN state LIKE 'parked:%' THEN 'parked'
         ELSE state END;

-- It looks where it was made, whatever the search path of whoever writes.
CREATE FUNCTION check_payout_event() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
    before text;
BEGIN
    IF NEW.version = 1 THEN
        RETURN NEW;
    END IF;
    SELECT state INTO before FROM payout_event
        WHERE payout_id = NEW.payout_id AND version = NEW.version - 1;
    IF before IS NULL THEN
        RAISE EXCEPTION 'the events of a payout are numbered without a gap'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF before <> NEW.state AND NOT EXISTS (
        SELECT 1 FROM legal_step
        WHERE from_kind = kind_of(before) AND to_kind = kind_of(NEW.state))
    THEN
        RAISE EXCEPTION 'no such step in the life of a payout'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payout_event_is_a_legal_step BEFORE INSERT ON payout_event
FOR EACH ROW EXECUTE FUNCTION check_payout_event();
CREATE TRIGGER payout_event_stays BEFORE UPDATE OR DELETE ON payout_event
FOR EACH ROW EXECUTE FUNCTION refuse('history is only added to');
CREATE TRIGGER payout_event_is_kept BEFORE TRUNCATE ON payout_event
EXECUTE FUNCTION refuse('history is only added to');

-- Transmissions ------------------------------------------------------------------------------------

CREATE TABLE payout_attempt (
    payout_id         uuid   NOT NULL REFERENCES payout (id),
    attempt           bigint NOT NULL CHECK (attempt > 0),
    begun_at          bigint NOT NULL,
    -- By the provider's clock.
    token_issued_at   bigint NOT NULL,
    token_expires_at  bigint NOT NULL,
    epoch             bigint NOT NULL,
    ended_at          bigint,
    outcome           text,
    PRIMARY KEY (payout_id, attempt),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);

-- Written just before the payout counts it.
CREATE FUNCTION check_payout_attempt() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM payout WHERE id = NEW.payout_id AND attempts = NEW.attempt - 1)
    THEN
        RAISE EXCEPTION 'the transmissions of a payout are numbered as it counts them'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payout_attempt_has_its_number BEFORE INSERT ON payout_attempt
FOR EACH ROW EXECUTE FUNCTION check_payout_attempt();
CREATE TRIGGER payout_attempt_is_frozen BEFORE UPDATE OF
    payout_id, attempt, begun_at, token_issued_at, token_expires_at, epoch
ON payout_attempt
FOR EACH ROW EXECUTE FUNCTION refuse('a transmission that has begun is never changed');
CREATE TRIGGER payout_attempt_ends_once BEFORE UPDATE OF ended_at, outcome ON payout_attempt
FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL)
EXECUTE FUNCTION refuse('a transmission ends once');
CREATE TRIGGER payout_attempt_stays BEFORE DELETE ON payout_attempt
FOR EACH ROW EXECUTE FUNCTION refuse('a transmission is remembered for ever');
CREATE TRIGGER payout_attempts_are_kept BEFORE TRUNCATE ON payout_attempt
EXECUTE FUNCTION refuse('a transmission is remembered for ever');

-- What stays as it is ------------------------------------------------------------------------------

CREATE TRIGGER payout_is_new BEFORE INSERT ON payout
FOR EACH ROW WHEN (NEW.version <> 1 OR NEW.state <> 'accepted')
EXECUTE FUNCTION refuse('a payout begins as accepted');

CREATE TRIGGER payout_is_kept BEFORE DELETE ON payout
FOR EACH ROW EXECUTE FUNCTION refuse('a payout is never deleted');
CREATE TRIGGER payouts_are_kept BEFORE TRUNCATE ON payout
EXECUTE FUNCTION refuse('a payout is never deleted');

CREATE TRIGGER payout_is_frozen BEFORE UPDATE OF
    id, client_id, idempotency_key, merchant_account_id, user_id, payment_source_id,
    amount_minor, currency, reference, scheme_selection, metadata, proof_payment_id,
    proof_listed_at, scheme_found, account_holder_name, account_identifiers, created_at, profile,
    gateway_key, gateway_body
ON payout
FOR EACH ROW EXECUTE FUNCTION refuse('what was accepted is never changed');

CREATE FUNCTION check_payout_state() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.version < OLD.version OR NOT EXISTS (
        SELECT 1 FROM payout_event
        WHERE payout_id = OLD.id AND version = NEW.version AND state = NEW.state)
    THEN
        RAISE EXCEPTION 'a payout stands where its last event says'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payout_stands_where_its_last_event_says BEFORE UPDATE OF state, version ON payout
FOR EACH ROW WHEN (NEW.version <> OLD.version OR NEW.state <> OLD.state)
EXECUTE FUNCTION check_payout_state();

CREATE TRIGGER payout_keeps_what_it_learned BEFORE UPDATE ON payout
FOR EACH ROW WHEN (
    NEW.attempts < OLD.attempts
    OR NEW.epoch < OLD.epoch
    OR (OLD.gateway_payout_id IS NOT NULL
        AND NEW.gateway_payout_id IS DISTINCT FROM OLD.gateway_payout_id)
    OR (OLD.scheme_used IS NOT NULL AND NEW.scheme_used IS DISTINCT FROM OLD.scheme_used)
    OR (OLD.authorized_at IS NOT NULL AND NEW.authorized_at IS DISTINCT FROM OLD.authorized_at)
    OR (OLD.executed_at IS NOT NULL AND NEW.executed_at IS DISTINCT FROM OLD.executed_at)
    OR (OLD.failed_at IS NOT NULL AND NEW.failed_at IS DISTINCT FROM OLD.failed_at)
    OR (OLD.returned_by IS NOT NULL AND NEW.returned_by IS DISTINCT FROM OLD.returned_by))
EXECUTE FUNCTION refuse('what was learned of a payout is kept');

-- What has been paid in ----------------------------------------------------------------------------

CREATE TABLE payment_source (
    client_id            text NOT NULL,
    id                   uuid NOT NULL,
    user_id              text NOT NULL,
    currency             text NOT NULL CHECK (length(currency) = 3),
    account_holder_name  text,
    account_identifiers  text NOT NULL,
    PRIMARY KEY (client_id, id),
    UNIQUE (client_id, id, user_id, currency)
);

CREATE INDEX payment_source_by_user ON payment_source (client_id, user_id, id);

CREATE TABLE payment (
    client_id            text   NOT NULL,
    id                   uuid   NOT NULL,
    user_id              text   NOT NULL,
    merchant_account_id  uuid   NOT NULL,
    amount_minor         bigint NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
    currency             text   NOT NULL CHECK (length(currency) = 3),
    payment_source_id    uuid   NOT NULL,
    account_holder_name  text,
    account_identifiers  text   NOT NULL,
    created_at           bigint NOT NULL,
    executed_at          bigint NOT NULL,
    settled_at           bigint NOT NULL,
    metadata             text   NOT NULL,
    PRIMARY KEY (client_id, id),
    FOREIGN KEY (client_id, payment_source_id, user_id, currency)
        REFERENCES payment_source (client_id, id, user_id, currency)
);

CREATE TABLE payment_source_proof (
    client_id            text   NOT NULL,
    payment_source_id    uuid   NOT NULL,
    merchant_account_id  uuid   NOT NULL,
    payment_id           uuid,
    listed_at            bigint,
    PRIMARY KEY (client_id, payment_source_id, merchant_account_id),
    FOREIGN KEY (client_id, payment_source_id) REFERENCES payment_source (client_id, id),
    CHECK ((payment_id IS NULL) <> (listed_at IS NULL))
);

CREATE TRIGGER payment_stays BEFORE UPDATE ON payment
FOR EACH ROW EXECUTE FUNCTION refuse('a settled payment is never changed');
CREATE TRIGGER payment_is_kept BEFORE DELETE ON payment
FOR EACH ROW EXECUTE FUNCTION refuse('a settled payment is never deleted');
CREATE TRIGGER payments_are_kept BEFORE TRUNCATE ON payment
EXECUTE FUNCTION refuse('a settled payment is never deleted');
CREATE TRIGGER payment_source_keeps_its_owner
BEFORE UPDATE OF client_id, id, user_id, currency ON payment_source
FOR EACH ROW EXECUTE FUNCTION refuse('a payment source never changes its user or currency');
CREATE TRIGGER payment_source_is_kept BEFORE DELETE ON payment_source
FOR EACH ROW EXECUTE FUNCTION refuse('a payment source is never deleted');
CREATE TRIGGER payment_sources_are_kept BEFORE TRUNCATE ON payment_source
EXECUTE FUNCTION refuse('a payment source is never deleted');

CREATE TABLE merchant_account (
    id                   uuid   PRIMARY KEY,
    currency             text   NOT NULL CHECK (length(currency) = 3),
    account_identifiers  text   NOT NULL,
    account_holder_name  text   NOT NULL,
    available_minor      bigint NOT NULL CHECK (available_minor BETWEEN 0 AND 9007199254740991),
    current_minor        bigint NOT NULL CHECK (current_minor BETWEEN 0 AND 9007199254740991)
);

CREATE TRIGGER merchant_account_keeps_its_currency BEFORE UPDATE OF id, currency ON merchant_account
FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.currency <> OLD.currency)
EXECUTE FUNCTION refuse('a merchant account never changes its currency');

-- Who is registered --------------------------------------------------------------------------------

CREATE TABLE client (
    id               text   PRIMARY KEY,
    version          bigint NOT NULL CHECK (version > 0),
    scopes           text   NOT NULL,
    webhook          text,
    secret_digest    bytea  NOT NULL CHECK (length(secret_digest) = 32),
    earlier_digest   bytea  CHECK (length(earlier_digest) = 32),
    earlier_ends_at  bigint,
    added_at         bigint NOT NULL,
    revoked_at       bigint,
    CHECK ((earlier_digest IS NULL) = (earlier_ends_at IS NULL))
);

-- A public key is one client's, once: also when it was revoked long ago.
CREATE TABLE client_key (
    client_id   text   NOT NULL REFERENCES client (id),
    number      bigint NOT NULL CHECK (number > 0),
    kid         text   NOT NULL,
    public_key  text   NOT NULL CONSTRAINT client_key_is_used_once UNIQUE,
    added_at    bigint NOT NULL,
    revoked_at  bigint,
    PRIMARY KEY (client_id, number),
    UNIQUE (client_id, kid)
);

-- One that was taken from its client is nobody's.
CREATE TABLE client_account (
    merchant_account_id  uuid PRIMARY KEY,
    client_id            text REFERENCES client (id)
);

CREATE INDEX client_account_by_client ON client_account (client_id);

CREATE TRIGGER client_is_kept BEFORE DELETE ON client
FOR EACH ROW EXECUTE FUNCTION refuse('a client is revoked, never deleted');
CREATE TRIGGER clients_are_kept BEFORE TRUNCATE ON client
EXECUTE FUNCTION refuse('a client is revoked, never deleted');
CREATE TRIGGER client_goes_forward BEFORE UPDATE ON client
FOR EACH ROW WHEN (NEW.id IS DISTINCT FROM OLD.id
    OR NEW.added_at IS DISTINCT FROM OLD.added_at OR NEW.version <= OLD.version
    OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at))
EXECUTE FUNCTION refuse('a client that was revoked stays so, and each change counts');
CREATE TRIGGER client_key_is_kept BEFORE DELETE ON client_key
FOR EACH ROW EXECUTE FUNCTION refuse('a key is revoked, never deleted');
CREATE TRIGGER client_keys_are_kept BEFORE TRUNCATE ON client_key
EXECUTE FUNCTION refuse('a key is revoked, never deleted');
CREATE TRIGGER client_key_is_frozen BEFORE UPDATE ON client_key
FOR EACH ROW WHEN (NEW.client_id IS DISTINCT FROM OLD.client_id
    OR NEW.number IS DISTINCT FROM OLD.number OR NEW.kid IS DISTINCT FROM OLD.kid
    OR NEW.public_key IS DISTINCT FROM OLD.public_key
    OR NEW.added_at IS DISTINCT FROM OLD.added_at
    OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at))
EXECUTE FUNCTION refuse('a key that was revoked stays so');

-- What is still to be done -------------------------------------------------------------------------

CREATE TABLE inbox (
    profile      text    NOT NULL COLLATE "C",
    event_id     uuid    NOT NULL,
    digest       bytea   NOT NULL CHECK (length(digest) = 32),
    subject      text    NOT NULL CHECK (subject IN ('payout', 'payment', 'other')),
    subject_id   uuid,
    received_at  bigint  NOT NULL,
    due_at       bigint  NOT NULL,
    done         boolean NOT NULL DEFAULT false,
    PRIMARY KEY (profile, event_id),
    CHECK ((subject = 'other') = (subject_id IS NULL))
);

CREATE INDEX inbox_to_do ON inbox (due_at, profile, event_id) WHERE NOT done;

CREATE TRIGGER inbox_is_frozen
BEFORE UPDATE OF profile, event_id, digest, subject, subject_id, received_at ON inbox
FOR EACH ROW EXECUTE FUNCTION refuse('what the provider told us is never changed');
CREATE TRIGGER inbox_is_kept BEFORE DELETE ON inbox
FOR EACH ROW EXECUTE FUNCTION refuse('an event is remembered for ever');
CREATE TRIGGER inboxes_are_kept BEFORE TRUNCATE ON inbox
EXECUTE FUNCTION refuse('an event is remembered for ever');

CREATE TABLE outbox (
    -- Of the notifications about one payout, the order of writing: the payout is locked meanwhile.
    seq          bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id     uuid    NOT NULL UNIQUE,
    client_id    text    NOT NULL,
    kind         text    NOT NULL
        CHECK (kind IN ('payout_executed', 'payout_failed', 'payment_settled')),
    payout_id    uuid    REFERENCES payout (id),
    payment_id   uuid,
    -- Its number among those about its payout or payment.
    sequence     bigint  NOT NULL CHECK (sequence > 0),
    created_at   bigint  NOT NULL,
    tried_since  bigint  NOT NULL,
    due_at       bigint  NOT NULL,
    failures     bigint  NOT NULL DEFAULT 0,
    given_up_at  bigint,
    done         boolean NOT NULL DEFAULT false,
    FOREIGN KEY (client_id, payment_id) REFERENCES payment (client_id, id),
    CHECK ((payout_id IS NULL) <> (payment_id IS NULL))
);

CREATE INDEX outbox_to_do ON outbox (due_at, seq) WHERE NOT done AND given_up_at IS NULL;
CREATE INDEX outbox_in_order ON outbox (payout_id, seq) WHERE NOT done AND given_up_at IS NULL;
CREATE INDEX outbox_given_up ON outbox (seq) WHERE NOT done AND given_up_at IS NOT NULL;

CREATE TRIGGER outbox_is_frozen
BEFORE UPDATE OF seq, event_id, client_id, kind, payout_id, payment_id, sequence, created_at
ON outbox
FOR EACH ROW EXECUTE FUNCTION refuse('a notification tells the same each time');
CREATE TRIGGER outbox_is_kept BEFORE DELETE ON outbox
FOR EACH ROW EXECUTE FUNCTION refuse('what was told is remembered');
CREATE TRIGGER outboxes_are_kept BEFORE TRUNCATE ON outbox
EXECUTE FUNCTION refuse('what was told is remembered');

-- The store itself ---------------------------------------------------------------------------------

-- Whether anything may be sent. Without its row nothing is.
CREATE TABLE send_switch (
    one        integer PRIMARY KEY CHECK (one = 1),
    paused_by  text,
    because    text,
    paused_at  bigint,
    CHECK ((paused_by IS NULL) = (paused_at IS NULL) AND (because IS NULL) = (paused_at IS NULL))
);

INSERT INTO send_switch (one) VALUES (1);

CREATE TRIGGER send_switch_is_one BEFORE INSERT OR DELETE ON send_switch
FOR EACH ROW EXECUTE FUNCTION refuse('there is one switch');
CREATE TRIGGER send_switch_is_kept BEFORE TRUNCATE ON send_switch
EXECUTE FUNCTION refuse('there is one switch');

-- Which store this is.
CREATE TABLE store (
    one  integer PRIMARY KEY CHECK (one = 1),
    id   uuid    NOT NULL
);

INSERT INTO store (one, id) VALUES (1, gen_random_uuid());

CREATE TRIGGER store_is_itself BEFORE INSERT OR UPDATE OR DELETE ON store
FOR EACH ROW EXECUTE FUNCTION refuse('a store is itself');
CREATE TRIGGER store_is_kept BEFORE TRUNCATE ON store
EXECUTE FUNCTION refuse('a store is itself');

-- How far it has come, in all of its shares together, and when its newest event was recorded. Whoever
-- writes takes one step in one share: if there were only one, everybody would wait for everybody.
CREATE TABLE store_progress (
    share      integer PRIMARY KEY,
    sequence   bigint  NOT NULL,
    latest_at  bigint
);

INSERT INTO store_progress (share, sequence) SELECT share, 0 FROM generate_series(0, 31) AS share;

CREATE TRIGGER store_progress_is_whole BEFORE INSERT OR DELETE ON store_progress
FOR EACH ROW EXECUTE FUNCTION refuse('a store only goes forward');
CREATE TRIGGER store_progress_is_kept BEFORE TRUNCATE ON store_progress
EXECUTE FUNCTION refuse('a store only goes forward');
CREATE TRIGGER store_only_goes_forward BEFORE UPDATE ON store_progress
FOR EACH ROW WHEN (
    NEW.share <> OLD.share OR NEW.sequence < OLD.sequence
    OR (OLD.latest_at IS NOT NULL AND (NEW.latest_at IS NULL OR NEW.latest_at < OLD.latest_at)))
EXECUTE FUNCTION refuse('a store only goes forward');

-- The keys that it was ever opened with to seal what is of a person. The keys are elsewhere; here is what
-- each of them must open.
CREATE TABLE sealing_key (
    id     text PRIMARY KEY,
    proof  text NOT NULL
);

CREATE TRIGGER sealing_key_stays BEFORE UPDATE OR DELETE ON sealing_key
FOR EACH ROW EXECUTE FUNCTION refuse('what was sealed with a key needs it for ever');
CREATE TRIGGER sealing_keys_are_kept BEFORE TRUNCATE ON sealing_key
EXECUTE FUNCTION refuse('what was sealed with a key needs it for ever');
