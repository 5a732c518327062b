-- Payouts and their history, what has been paid in, and what is still to be done.
--
-- Times are microseconds since 1970-01-01T00:00:00Z, ids are the 16 bytes of a UUID, lists of account
-- identifiers are joined by spaces, and pairs of metadata by U+001E and U+001F.
-- What is of a person may be sealed: account holders, account identifiers, references, metadata, the
-- bodies for the gateway, and how transmissions ended. Then it begins with U+0001.
--
-- What must never happen is refused here as well, for the day on which somebody types SQL by hand.
--
-- A list after IN becomes a table of its own each time that a row is written. Where rows are written
-- often, OR says the same for nothing.

-- Payouts ------------------------------------------------------------------------------------------

CREATE TABLE payout (
    seq                  INTEGER PRIMARY KEY,

    -- Frozen when the payout is accepted.
    id                   BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    client_id            TEXT    NOT NULL,
    idempotency_key      TEXT    NOT NULL,
    merchant_account_id  BLOB    NOT NULL CHECK (length(merchant_account_id) = 16),
    user_id              TEXT    NOT NULL,
    payment_source_id    BLOB    NOT NULL CHECK (length(payment_source_id) = 16),
    amount_minor         INTEGER NOT NULL CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
    currency             TEXT    NOT NULL CHECK (length(currency) = 3),
    reference            TEXT    NOT NULL,
    scheme_selection     TEXT    NOT NULL,
    metadata             TEXT    NOT NULL,
    proof_payment_id     BLOB    CHECK (length(proof_payment_id) = 16),
    proof_listed_at      INTEGER,
    scheme_found         TEXT,
    account_holder_name  TEXT,
    account_identifiers  TEXT    NOT NULL,
    created_at           INTEGER NOT NULL,
    profile              TEXT    NOT NULL,
    gateway_key          TEXT    NOT NULL,

    -- What is known of it.
    state                TEXT    NOT NULL CHECK (
        state = 'accepted' OR state = 'sending' OR state = 'sending:again' OR state = 'unknown'
        OR state = 'submitted' OR state = 'submitted:authorized' OR state = 'executed'
        OR state = 'returned' OR state = 'parked:window_closed' OR state = 'parked:too_old'
        OR state = 'parked:key_reused' OR state = 'parked:profile_changed'
        OR state = 'parked:restored' OR state GLOB 'failed:*'),
    version              INTEGER NOT NULL CHECK (version > 0),
    attempts             INTEGER NOT NULL CHECK (attempts >= 0),
    first_sent_at        INTEGER,
    gateway_payout_id    BLOB    CHECK (length(gateway_payout_id) = 16),
    scheme_used          TEXT,
    authorized_at        INTEGER,
    executed_at          INTEGER,
    failed_at            INTEGER,
    returned_by          BLOB    CHECK (length(returned_by) = 16),
    proposed_by          TEXT,

    -- When somebody shall look at it again: at the latest when the lease of whoever looks at it now
    -- has ended. How often somebody began to.
    due_at               INTEGER,
    epoch                INTEGER NOT NULL DEFAULT 0,

    -- Frozen too. It stands last because it is long.
    gateway_body         BLOB    NOT NULL,

    -- Exactly one thing shows that the account has paid in.
    CHECK ((proof_payment_id IS NULL) <> (proof_listed_at IS NULL)),

    -- A key ends in its payout's id, so no two payouts have the same: no index is needed for it.
    CONSTRAINT gateway_key_ends_in_the_id
        CHECK (replace(substr(gateway_key, -36), '-', '') = lower(hex(id)))
) STRICT;

CREATE INDEX payout_by_client ON payout (client_id, created_at, id);

CREATE UNIQUE INDEX payout_by_gateway_id ON payout (profile, gateway_payout_id)
    WHERE gateway_payout_id IS NOT NULL;

CREATE INDEX payout_to_send ON payout (due_at, id)
    WHERE due_at IS NOT NULL AND (state = 'accepted' OR state = 'sending'
        OR state = 'sending:again' OR state = 'unknown');

CREATE INDEX payout_to_watch ON payout (profile, due_at, id)
    WHERE due_at IS NOT NULL AND (state = 'submitted' OR state = 'submitted:authorized'
        OR state = 'executed' OR state = 'returned' OR state GLOB 'parked:*');

-- What operators ask for.
CREATE INDEX payout_unknown ON payout (created_at, id)
    WHERE state = 'sending:again' OR state = 'unknown';

CREATE INDEX payout_parked ON payout (created_at, id)
    WHERE state GLOB 'parked:*';

CREATE INDEX payout_unsettled ON payout (created_at, id)
    WHERE state = 'accepted' OR state = 'sending' OR state = 'sending:again'
        OR state = 'unknown' OR state = 'parked:too_old' OR state = 'parked:profile_changed';

CREATE TABLE idempotency (
    client_id    TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    payout       INTEGER NOT NULL REFERENCES payout (seq),
    fingerprint  BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (client_id, key)
) STRICT, WITHOUT ROWID;

-- History ------------------------------------------------------------------------------------------

CREATE TABLE payout_event (
    payout    INTEGER NOT NULL REFERENCES payout (seq),
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    evidence  TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    -- The state without its reason.
    kind      TEXT    NOT NULL GENERATED ALWAYS AS (
        CASE WHEN state GLOB 'failed:*' THEN 'failed'
             WHEN state GLOB 'parked:*' THEN 'parked'
             ELSE state END) VIRTUAL,
    PRIMARY KEY (payout, version)
) STRICT, WITHOUT ROWID;

-- Every step from one state to another that `Payout::apply` can take.
CREATE TABLE legal_step (
    from_kind  TEXT NOT NULL,
    to_kind    TEXT NOT NULL,
    PRIMARY KEY (from_kind, to_kind)
) STRICT, WITHOUT ROWID;

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

CREATE TRIGGER legal_step_is_fixed BEFORE INSERT ON legal_step
BEGIN SELECT RAISE(ABORT, 'the life of a payout is not changed by hand'); END;
CREATE TRIGGER legal_step_is_kept BEFORE DELETE ON legal_step
BEGIN SELECT RAISE(ABORT, 'the life of a payout is not changed by hand'); END;
CREATE TRIGGER legal_step_stays BEFORE UPDATE ON legal_step
BEGIN SELECT RAISE(ABORT, 'the life of a payout is not changed by hand'); END;

CREATE TRIGGER payout_event_has_its_number BEFORE INSERT ON payout_event
WHEN NEW.version IS NOT
    (SELECT coalesce(max(version), 0) + 1 FROM payout_event WHERE payout = NEW.payout)
BEGIN SELECT RAISE(ABORT, 'the events of a payout are numbered without a gap'); END;

CREATE TRIGGER payout_event_is_a_legal_step BEFORE INSERT ON payout_event
WHEN NEW.version > 1 AND NOT EXISTS (
    SELECT 1 FROM payout_event AS before
    WHERE before.payout = NEW.payout AND before.version = NEW.version - 1
      AND (before.state = NEW.state OR EXISTS (
          SELECT 1 FROM legal_step WHERE from_kind = before.kind AND to_kind = NEW.kind)))
BEGIN SELECT RAISE(ABORT, 'no such step in the life of a payout'); END;

CREATE TRIGGER payout_event_stays BEFORE UPDATE ON payout_event
BEGIN SELECT RAISE(ABORT, 'history is only added to'); END;
CREATE TRIGGER payout_event_is_kept BEFORE DELETE ON payout_event
BEGIN SELECT RAISE(ABORT, 'history is only added to'); END;

-- Transmissions ------------------------------------------------------------------------------------

CREATE TABLE payout_attempt (
    payout            INTEGER NOT NULL REFERENCES payout (seq),
    attempt           INTEGER NOT NULL CHECK (attempt > 0),
    begun_at          INTEGER NOT NULL,
    -- By the provider's clock.
    token_issued_at   INTEGER NOT NULL,
    token_expires_at  INTEGER NOT NULL,
    epoch             INTEGER NOT NULL,
    ended_at          INTEGER,
    outcome           TEXT,
    PRIMARY KEY (payout, attempt),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;

-- Written just before the payout counts it.
CREATE TRIGGER payout_attempt_has_its_number BEFORE INSERT ON payout_attempt
WHEN NEW.attempt IS NOT (SELECT attempts + 1 FROM payout WHERE seq = NEW.payout)
    OR EXISTS (
        SELECT 1 FROM payout_attempt WHERE payout = NEW.payout AND attempt = NEW.attempt)
BEGIN SELECT RAISE(ABORT, 'the transmissions of a payout are numbered as it counts them'); END;

CREATE TRIGGER payout_attempt_is_frozen BEFORE UPDATE OF
    payout, attempt, begun_at, token_issued_at, token_expires_at, epoch
ON payout_attempt
BEGIN SELECT RAISE(ABORT, 'a transmission that has begun is never changed'); END;
CREATE TRIGGER payout_attempt_ends_once BEFORE UPDATE OF ended_at, outcome ON payout_attempt
WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a transmission ends once'); END;
CREATE TRIGGER payout_attempt_is_kept BEFORE DELETE ON payout_attempt
BEGIN SELECT RAISE(ABORT, 'a transmission is remembered for ever'); END;

-- What stays as it is ------------------------------------------------------------------------------

-- `INSERT OR REPLACE` would delete the payout without asking the trigger below.
CREATE TRIGGER payout_is_new BEFORE INSERT ON payout
WHEN NEW.version <> 1 OR NEW.state <> 'accepted'
    OR EXISTS (SELECT 1 FROM payout WHERE seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM payout WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a payout is accepted once'); END;

CREATE TRIGGER payout_is_kept BEFORE DELETE ON payout
BEGIN SELECT RAISE(ABORT, 'a payout is never deleted'); END;

CREATE TRIGGER payout_is_frozen BEFORE UPDATE OF
    seq, id, client_id, idempotency_key, merchant_account_id, user_id, payment_source_id,
    amount_minor, currency, reference, scheme_selection, metadata, proof_payment_id,
    proof_listed_at, scheme_found, account_holder_name, account_identifiers, created_at, profile,
    gateway_key, gateway_body
ON payout
BEGIN SELECT RAISE(ABORT, 'what was accepted is never changed'); END;

CREATE TRIGGER payout_stands_where_its_last_event_says BEFORE UPDATE OF state, version ON payout
WHEN NEW.version < OLD.version OR NOT EXISTS (
    SELECT 1 FROM payout_event
    WHERE payout = OLD.seq AND version = NEW.version AND state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'a payout stands where its last event says'); END;

CREATE TRIGGER payout_keeps_what_it_learned BEFORE UPDATE ON payout
WHEN NEW.attempts < OLD.attempts
    OR NEW.epoch < OLD.epoch
    OR (OLD.gateway_payout_id IS NOT NULL AND NEW.gateway_payout_id IS NOT OLD.gateway_payout_id)
    OR (OLD.scheme_used IS NOT NULL AND NEW.scheme_used IS NOT OLD.scheme_used)
    OR (OLD.authorized_at IS NOT NULL AND NEW.authorized_at IS NOT OLD.authorized_at)
    OR (OLD.executed_at IS NOT NULL AND NEW.executed_at IS NOT OLD.executed_at)
    OR (OLD.failed_at IS NOT NULL AND NEW.failed_at IS NOT OLD.failed_at)
    OR (OLD.returned_by IS NOT NULL AND NEW.returned_by IS NOT OLD.returned_by)
BEGIN SELECT RAISE(ABORT, 'what was learned of a payout is kept'); END;

-- What has been paid in ----------------------------------------------------------------------------

CREATE TABLE payment (
    client_id            TEXT    NOT NULL,
    id                   BLOB    NOT NULL CHECK (length(id) = 16),
    user_id              TEXT    NOT NULL,
    merchant_account_id  BLOB    NOT NULL CHECK (length(merchant_account_id) = 16),
    amount_minor         INTEGER NOT NULL CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
    currency             TEXT    NOT NULL CHECK (length(currency) = 3),
    payment_source_id    BLOB    NOT NULL CHECK (length(payment_source_id) = 16),
    account_holder_name  TEXT,
    account_identifiers  TEXT    NOT NULL,
    created_at           INTEGER NOT NULL,
    executed_at          INTEGER NOT NULL,
    settled_at           INTEGER NOT NULL,
    metadata             TEXT    NOT NULL,
    PRIMARY KEY (client_id, id),
    FOREIGN KEY (client_id, payment_source_id, user_id, currency)
        REFERENCES payment_source (client_id, id, user_id, currency)
) STRICT;

CREATE TABLE payment_source (
    client_id            TEXT    NOT NULL,
    id                   BLOB    NOT NULL CHECK (length(id) = 16),
    user_id              TEXT    NOT NULL,
    currency             TEXT    NOT NULL CHECK (length(currency) = 3),
    account_holder_name  TEXT,
    account_identifiers  TEXT    NOT NULL,
    PRIMARY KEY (client_id, id)
) STRICT;

-- By user, and what the foreign keys refer to.
CREATE UNIQUE INDEX payment_source_by_user
    ON payment_source (client_id, user_id, id, currency);
CREATE UNIQUE INDEX payment_source_by_owner
    ON payment_source (client_id, id, user_id, currency);

CREATE TABLE payment_source_proof (
    client_id            TEXT    NOT NULL,
    payment_source_id    BLOB    NOT NULL,
    merchant_account_id  BLOB    NOT NULL CHECK (length(merchant_account_id) = 16),
    payment_id           BLOB    CHECK (length(payment_id) = 16),
    listed_at            INTEGER,
    PRIMARY KEY (client_id, payment_source_id, merchant_account_id),
    FOREIGN KEY (client_id, payment_source_id) REFERENCES payment_source (client_id, id),
    CHECK ((payment_id IS NULL) <> (listed_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER payment_stays BEFORE UPDATE ON payment
BEGIN SELECT RAISE(ABORT, 'a settled payment is never changed'); END;
CREATE TRIGGER payment_is_kept BEFORE DELETE ON payment
BEGIN SELECT RAISE(ABORT, 'a settled payment is never deleted'); END;
CREATE TRIGGER payment_source_keeps_its_owner
BEFORE UPDATE OF client_id, id, user_id, currency ON payment_source
BEGIN SELECT RAISE(ABORT, 'a payment source never changes its user or currency'); END;
CREATE TRIGGER payment_source_is_kept BEFORE DELETE ON payment_source
BEGIN SELECT RAISE(ABORT, 'a payment source is never deleted'); END;

CREATE TABLE merchant_account (
    id                   BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    currency             TEXT    NOT NULL CHECK (length(currency) = 3),
    account_identifiers  TEXT    NOT NULL,
    account_holder_name  TEXT    NOT NULL,
    available_minor      INTEGER NOT NULL CHECK (available_minor BETWEEN 0 AND 9007199254740991),
    current_minor        INTEGER NOT NULL CHECK (current_minor BETWEEN 0 AND 9007199254740991)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER merchant_account_keeps_its_currency BEFORE UPDATE OF id, currency ON merchant_account
WHEN NEW.id <> OLD.id OR NEW.currency <> OLD.currency
BEGIN SELECT RAISE(ABORT, 'a merchant account never changes its currency'); END;

-- Who is registered --------------------------------------------------------------------------------

CREATE TABLE client (
    id               TEXT    NOT NULL PRIMARY KEY,
    version          INTEGER NOT NULL CHECK (version > 0),
    scopes           TEXT    NOT NULL,
    webhook          TEXT,
    secret_digest    BLOB    NOT NULL CHECK (length(secret_digest) = 32),
    earlier_digest   BLOB    CHECK (length(earlier_digest) = 32),
    earlier_ends_at  INTEGER,
    added_at         INTEGER NOT NULL,
    revoked_at       INTEGER,
    CHECK ((earlier_digest IS NULL) = (earlier_ends_at IS NULL))
) STRICT, WITHOUT ROWID;

-- A public key is one client's, once: also when it was revoked long ago.
CREATE TABLE client_key (
    client_id   TEXT    NOT NULL REFERENCES client (id),
    number      INTEGER NOT NULL CHECK (number > 0),
    kid         TEXT    NOT NULL,
    public_key  TEXT    NOT NULL UNIQUE,
    added_at    INTEGER NOT NULL,
    revoked_at  INTEGER,
    PRIMARY KEY (client_id, number),
    UNIQUE (client_id, kid)
) STRICT, WITHOUT ROWID;

-- One that was taken from its client is nobody's.
CREATE TABLE client_account (
    merchant_account_id  BLOB NOT NULL PRIMARY KEY CHECK (length(merchant_account_id) = 16),
    client_id            TEXT REFERENCES client (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX client_account_by_client ON client_account (client_id);

CREATE TRIGGER client_is_new BEFORE INSERT ON client
WHEN EXISTS (SELECT 1 FROM client WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a client is registered once'); END;
CREATE TRIGGER client_is_kept BEFORE DELETE ON client
BEGIN SELECT RAISE(ABORT, 'a client is revoked, never deleted'); END;
CREATE TRIGGER client_goes_forward BEFORE UPDATE ON client
WHEN NEW.id IS NOT OLD.id OR NEW.added_at IS NOT OLD.added_at OR NEW.version <= OLD.version
    OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at)
BEGIN SELECT RAISE(ABORT, 'a client that was revoked stays so, and each change counts'); END;

CREATE TRIGGER client_key_is_new BEFORE INSERT ON client_key
WHEN EXISTS (SELECT 1 FROM client_key WHERE public_key = NEW.public_key)
    OR EXISTS (SELECT 1 FROM client_key WHERE client_id = NEW.client_id AND number = NEW.number)
    OR EXISTS (SELECT 1 FROM client_key WHERE client_id = NEW.client_id AND kid = NEW.kid)
BEGIN SELECT RAISE(ABORT, 'a key is registered once'); END;
CREATE TRIGGER client_key_is_kept BEFORE DELETE ON client_key
BEGIN SELECT RAISE(ABORT, 'a key is revoked, never deleted'); END;
CREATE TRIGGER client_key_is_frozen BEFORE UPDATE ON client_key
WHEN NEW.client_id IS NOT OLD.client_id OR NEW.number IS NOT OLD.number OR NEW.kid IS NOT OLD.kid
    OR NEW.public_key IS NOT OLD.public_key OR NEW.added_at IS NOT OLD.added_at
    OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at)
BEGIN SELECT RAISE(ABORT, 'a key that was revoked stays so'); END;

-- What is still to be done -------------------------------------------------------------------------

CREATE TABLE inbox (
    profile      TEXT    NOT NULL,
    event_id     BLOB    NOT NULL CHECK (length(event_id) = 16),
    digest       BLOB    NOT NULL CHECK (length(digest) = 32),
    subject      TEXT    NOT NULL CHECK (subject = 'payout' OR subject = 'payment' OR subject = 'other'),
    subject_id   BLOB    CHECK (length(subject_id) = 16),
    received_at  INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    done         INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    PRIMARY KEY (profile, event_id),
    CHECK ((subject = 'other') = (subject_id IS NULL))
) STRICT;

CREATE INDEX inbox_to_do ON inbox (due_at, profile, event_id) WHERE done = 0;

CREATE TRIGGER inbox_is_frozen
BEFORE UPDATE OF profile, event_id, digest, subject, subject_id, received_at ON inbox
BEGIN SELECT RAISE(ABORT, 'what the provider told us is never changed'); END;
CREATE TRIGGER inbox_is_kept BEFORE DELETE ON inbox
BEGIN SELECT RAISE(ABORT, 'an event is remembered for ever'); END;

CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY,
    event_id     BLOB    NOT NULL UNIQUE CHECK (length(event_id) = 16),
    client_id    TEXT    NOT NULL,
    kind         TEXT    NOT NULL
        CHECK (kind = 'payout_executed' OR kind = 'payout_failed' OR kind = 'payment_settled'),
    payout       INTEGER REFERENCES payout (seq),
    payment_id   BLOB,
    -- Its number among those about its payout or payment.
    sequence     INTEGER NOT NULL CHECK (sequence > 0),
    created_at   INTEGER NOT NULL,
    tried_since  INTEGER NOT NULL,
    -- When it shall be told, at the latest when the lease of whoever tells it now has ended; and when
    -- it shall be told if nobody tells it now.
    due_at       INTEGER NOT NULL,
    waits_until  INTEGER NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0,
    given_up_at  INTEGER,
    done         INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    FOREIGN KEY (client_id, payment_id) REFERENCES payment (client_id, id),
    CHECK ((payout IS NULL) <> (payment_id IS NULL))
) STRICT;

CREATE INDEX outbox_to_do ON outbox (due_at) WHERE done = 0 AND given_up_at IS NULL;
CREATE INDEX outbox_in_order ON outbox (payout) WHERE done = 0 AND given_up_at IS NULL;
CREATE INDEX outbox_given_up ON outbox (seq) WHERE done = 0 AND given_up_at IS NOT NULL;

CREATE TRIGGER outbox_is_frozen
BEFORE UPDATE OF seq, event_id, client_id, kind, payout, payment_id, sequence, created_at ON outbox
BEGIN SELECT RAISE(ABORT, 'a notification tells the same each time'); END;
CREATE TRIGGER outbox_is_kept BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'what was told is remembered'); END;

-- The store itself ---------------------------------------------------------------------------------

-- Whether anything may be sent. Without its row nothing is.
CREATE TABLE send_switch (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    paused_by  TEXT,
    because    TEXT,
    paused_at  INTEGER,
    CHECK ((paused_by IS NULL) = (paused_at IS NULL) AND (because IS NULL) = (paused_at IS NULL))
) STRICT;

INSERT INTO send_switch (one) VALUES (1);

CREATE TRIGGER send_switch_is_one BEFORE INSERT ON send_switch
BEGIN SELECT RAISE(ABORT, 'there is one switch'); END;
CREATE TRIGGER send_switch_is_kept BEFORE DELETE ON send_switch
BEGIN SELECT RAISE(ABORT, 'there is one switch'); END;

-- Which store this is, how far it has come, and when its newest event was recorded.
CREATE TABLE store (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    id         BLOB    NOT NULL CHECK (length(id) = 16),
    sequence   INTEGER NOT NULL,
    latest_at  INTEGER
) STRICT;

INSERT INTO store (one, id, sequence) VALUES (1, randomblob(16), 0);

CREATE TRIGGER store_is_one BEFORE INSERT ON store
BEGIN SELECT RAISE(ABORT, 'a store is itself'); END;
CREATE TRIGGER store_is_kept BEFORE DELETE ON store
BEGIN SELECT RAISE(ABORT, 'a store is itself'); END;
CREATE TRIGGER store_is_itself BEFORE UPDATE OF one, id ON store
BEGIN SELECT RAISE(ABORT, 'a store is itself'); END;
CREATE TRIGGER store_only_goes_forward BEFORE UPDATE OF sequence, latest_at ON store
WHEN NEW.sequence < OLD.sequence
    OR (OLD.latest_at IS NOT NULL AND (NEW.latest_at IS NULL OR NEW.latest_at < OLD.latest_at))
BEGIN SELECT RAISE(ABORT, 'a store only goes forward'); END;

-- The keys that it was ever opened with to seal what is of a person. The keys are elsewhere; here is what
-- each of them must open.
CREATE TABLE sealing_key (
    id     TEXT NOT NULL PRIMARY KEY,
    proof  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER sealing_key_is_new BEFORE INSERT ON sealing_key
WHEN EXISTS (SELECT 1 FROM sealing_key WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a sealing key is itself'); END;
CREATE TRIGGER sealing_key_stays BEFORE UPDATE ON sealing_key
BEGIN SELECT RAISE(ABORT, 'a sealing key is itself'); END;
CREATE TRIGGER sealing_key_is_kept BEFORE DELETE ON sealing_key
BEGIN SELECT RAISE(ABORT, 'what was sealed with a key needs it for ever'); END;
