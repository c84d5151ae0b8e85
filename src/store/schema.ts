/** The tables as TypeScript sees them. Instants are milliseconds since 1970 in UTC; truth values are 0 and 1. */
import type { ColumnType, Generated, GeneratedAlways, Insertable, Selectable } from 'kysely'
import type { Attestation } from '../clock/attestation.js'
import type { Direction } from '../clock/punch.js'
import type { LinkEnd } from '../clock/setup-status.js'
import type { CallerKind } from '../clock/throttle.js'
import type { Instant } from '../clock/time.js'

/** A column that no UPDATE may name. */
type Fixed<T> = ColumnType<T, T, never>
type Flag = 0 | 1

export interface Schema {
  employees: {
    id: GeneratedAlways<number>
    name: string
    email: string | null
    /** The company's own number for them; unique. */
    payroll_number: string | null
    note: string | null
    active: Generated<Flag>
    revision: Revision
    created_at: Fixed<Instant>
    /** When name and address were forgotten; such an employee is on no list. */
    deleted_at: Instant | null
  }
  /** Every ID that was ever issued. A retired one stays, so that it never returns. */
  phone_clock_ids: {
    phone_clock_id: Fixed<string>
    employee_id: number
    issued_at: Fixed<Instant>
    retired_at: Instant | null
  }
  pins: {
    employee_id: Fixed<number>
    /** argon2id, keyed by a secret that is not in the database; `key_id` says by which. */
    hash: string
    key_id: string
    set_at: Instant
    set_by: string
  }
  /** At most one link of an employee has not ended; the latest is the one that counts. */
  setup_links: {
    id: GeneratedAlways<number>
    employee_id: Fixed<number>
    /** SHA-256 of the token in the link's URL. */
    token_hash: Fixed<string>
    /** What the token is made of, together with a key that is not in the database. */
    nonce: Fixed<string>
    created_at: Fixed<Instant>
    created_by: Fixed<string>
    expires_at: Fixed<Instant>
    ended: LinkEnd | null
    ended_at: Instant | null
  }
  /** One press of *Email N setup links*. */
  mailings: {
    id: GeneratedAlways<number>
    started_at: Fixed<Instant>
    started_by: Fixed<string>
  }
  /** One mail for each setup link, made in the link's transaction, one of each alarm to each admin, and test mails. */
  mail_outbox: {
    id: GeneratedAlways<number>
    /** One of the three. */
    setup_link_id: Fixed<number | null>
    alarm_id: Fixed<number | null>
    /** Who wanted to see whether mail works. */
    test_by: Fixed<string | null>
    mailing_id: Fixed<number | null>
    address: string
    state: Generated<MailState>
    queued_at: Fixed<Instant>
    attempts: Generated<number>
    next_attempt_at: Instant
    /** What the mail server said last, as a sentence for admins. */
    fault: string | null
    settled_at: Instant | null
  }
  /** Each judgement of an ID and a PIN, on disk before it is made. The ID only where it names an employee with a PIN. */
  pin_attempts: {
    id: GeneratedAlways<number>
    /** Null once the call's record was erased. */
    call_id: number | null
    phone_clock_id: Fixed<string | null>
    /** Null when withheld, and where the number's signature does not hold. */
    caller_number: Fixed<string | null>
    caller: Fixed<CallerKind>
    at: Fixed<Instant>
    verdict: PinVerdict
  }
  /** The numbers that employees have clocked from. */
  known_numbers: {
    employee_id: Fixed<number>
    number: Fixed<string>
    first_at: Fixed<Instant>
    latest_at: Instant
  }
  /** Wrong PINs from before these instants lock nothing any more: an admin said so, or the PIN is another. */
  unlocks: { bucket: Fixed<string>; at: Instant }
  /** Times at which wrong PINs were out of the ordinary. At most one has not ended. */
  alarms: {
    id: GeneratedAlways<number>
    raised_at: Fixed<Instant>
    /** Within the day before it. */
    wrong_pins: Fixed<number>
    /** When that was last found to be so. */
    alarming_at: Instant
    ended_at: Instant | null
  }
  jobs: {
    id: GeneratedAlways<number>
    name: string
    phone_code: string | null
    active: Generated<Flag>
    revision: Revision
    created_at: Fixed<Instant>
  }
  calls: {
    id: GeneratedAlways<number>
    channel: Fixed<string>
    /** Null when withheld, and once erased. */
    caller_number: string | null
    answered_at: Fixed<Instant>
    employee_id: number | null
    ended_at: Instant | null
    outcome: CallOutcome | null
    /** When number and steps were erased, being older than is kept. */
    erased_at: Instant | null
    /** Null where the number is not signed. */
    attestation: Fixed<Attestation | null>
    /** The employee who got in has clocked before, and never from this number. */
    number_is_new: Generated<Flag>
    /** Null where nothing was noticed. */
    trouble: SoundTrouble | null
    /** The number that the caller dialled, as the trunk delivered it; null where the dialplan does not tell. */
    dialled_number: Fixed<string | null>
  }
  /** Numbers that have a name. */
  clock_locations: {
    id: GeneratedAlways<number>
    name: Fixed<string>
    number: Fixed<string>
    created_at: Fixed<Instant>
    created_by: Fixed<string>
  }
  call_steps: {
    id: GeneratedAlways<number>
    call_id: Fixed<number>
    at: Fixed<Instant>
    step: Fixed<string>
    detail: Fixed<string | null>
  }
  /** Append-only: a trigger refuses UPDATE and DELETE. One call makes at most one punch. */
  punches: {
    id: GeneratedAlways<number>
    call_id: Fixed<number>
    employee_id: Fixed<number>
    job_id: Fixed<number | null>
    direction: Fixed<Direction>
    at: Fixed<Instant>
    committed_at: Fixed<Instant>
    /** The admin who made an unclaimed punch this employee's; null: the employee's own call. */
    assigned_by: Fixed<string | null>
  }
  /** At most one entry of an employee is open. One that an admin added has no punches. */
  time_entries: {
    id: GeneratedAlways<number>
    employee_id: Fixed<number>
    job_id: number | null
    state: TimeEntryState
    clock_in_punch_id: Fixed<number | null>
    clock_in_at: Instant
    clock_out_punch_id: number | null
    clock_out_at: Instant | null
    revision: Revision
  }
  /** What an admin did to a time entry, append-only. The `from` columns are null where the entry was added. */
  entry_corrections: {
    id: GeneratedAlways<number>
    entry_id: Fixed<number>
    at: Fixed<Instant>
    actor: Fixed<string>
    action: Fixed<'added' | 'corrected' | 'voided'>
    reason: Fixed<string>
    from_clock_in_at: Fixed<Instant | null>
    from_clock_out_at: Fixed<Instant | null>
    from_job_id: Fixed<number | null>
    from_state: Fixed<TimeEntryState | null>
    to_clock_in_at: Fixed<Instant>
    to_clock_out_at: Fixed<Instant | null>
    to_job_id: Fixed<number | null>
    to_state: Fixed<TimeEntryState>
  }
  voice_checks: {
    id: GeneratedAlways<number>
    punch_id: Fixed<number>
    /** When the call of the punch was answered. */
    recorded_at: Fixed<Instant>
    /** No earlier punch of this employee came from this number, and there were some. */
    number_is_new: Generated<Flag>
    /** Another employee punched from this number within ten minutes. */
    number_is_shared: Generated<Flag>
    /** What the queue is sorted by: clock/voice-risk.ts. */
    risk: Generated<number>
    verdict: VoiceVerdict | null
    judged_at: Instant | null
    judged_by: string | null
  } & RecordingColumns
  /** A call that failed three times and left a name on tape; the employee where the call had come so far. */
  unclaimed_punches: {
    id: GeneratedAlways<number>
    call_id: Fixed<number>
    employee_id: number | null
    at: Fixed<Instant>
    /** Null while it waits for an admin. */
    verdict: 'assigned' | 'refused' | null
    settled_at: Instant | null
    settled_by: string | null
    /** Why it was refused, or what the admin noted. */
    reason: string | null
    /** What it became. */
    punch_id: number | null
    /** Of a call that the PBX kept: by which name, which no other has, and the ID that was keyed, without a PIN. */
    kept_as: string | null
    keyed_id: string | null
  } & RecordingColumns
  /** A CSV file between its upload and the press that applies it; gone an hour later. */
  imports: {
    id: GeneratedAlways<number>
    kind: Fixed<'employees' | 'jobs'>
    admin_id: Fixed<number>
    uploaded_at: Fixed<Instant>
    file_name: Fixed<string>
    file: Fixed<Buffer>
  }
  /** What other systems read the API with. */
  api_tokens: {
    id: GeneratedAlways<number>
    name: Fixed<string>
    /** SHA-256 of the token. */
    token_hash: Fixed<string>
    created_at: Fixed<Instant>
    created_by: Fixed<string>
    used_at: Instant | null
    revoked_at: Instant | null
    revoked_by: string | null
  }
  /** Where each punch is sent. */
  webhooks: {
    id: GeneratedAlways<number>
    url: Fixed<string>
    /** What its signing secret is made of, together with a key that is not in the database. */
    nonce: Fixed<string>
    created_at: Fixed<Instant>
    created_by: Fixed<string>
    ended_at: Instant | null
    ended_by: string | null
  }
  /** One for each punch and webhook, made in the punch's transaction. */
  webhook_deliveries: {
    id: GeneratedAlways<number>
    webhook_id: Fixed<number>
    punch_id: Fixed<number>
    state: Generated<DeliveryState>
    /** From when on it is tried: its punch, or an admin's *Send again*. */
    queued_at: Instant
    attempts: Generated<number>
    next_attempt_at: Instant
    /** What the receiver said last, as a sentence for admins. */
    fault: string | null
    settled_at: Instant | null
  }
  admins: {
    id: GeneratedAlways<number>
    email: string
    /** Null: signs in through the identity provider alone. */
    password_hash: string | null
    created_at: Fixed<Instant>
    role: Generated<Role>
    /** Who they are at the identity provider; null: they do not sign in through one. */
    issuer: Generated<string | null>
    subject: Generated<string | null>
    /** The next sign-in at the provider by someone with this e-mail address connects the account with it. */
    may_connect: Generated<Flag>
  }
  /** A second factor counts once it is confirmed. */
  second_factors: {
    admin_id: Fixed<number>
    /** The TOTP secret, encrypted by a key that is not in the database. */
    sealed_secret: string
    confirmed_at: Instant | null
    /** The time step of the latest code that was taken: none is taken twice. */
    latest_step: Generated<number>
  }
  /** SHA-256 of codes of 120 random bits. A used one is gone. */
  recovery_codes: { code_hash: Fixed<string>; admin_id: Fixed<number> }
  /** Browsers in which an admin has signed in: SHA-256 of a cookie's token. */
  known_browsers: { token_hash: Fixed<string>; admin_id: Fixed<number>; seen_at: Instant }
  sessions: {
    id: GeneratedAlways<number>
    /** SHA-256 of the cookie's session id. */
    id_hash: Fixed<string>
    admin_id: Fixed<number>
    /** What the next page has to say. */
    notice: string | null
    signed_in_at: Fixed<Instant>
    seen_at: Instant
    /** As the browser calls itself. */
    browser: Fixed<string | null>
    /** The network address that it signed in from. */
    address: Fixed<string | null>
    expires_at: Instant
    /** The password was right, the second factor is still asked for. */
    awaits_code: Fixed<Flag>
    /** It ends when it was to end at first, however much it is used. */
    through_provider: Fixed<Flag>
  }
  settings: { name: Fixed<string>; value: string }
  /** Who did what, append-only, without secrets. */
  audit_events: {
    id: GeneratedAlways<number>
    at: Fixed<Instant>
    actor: Fixed<string>
    /** Where it was done from; null: from Punchline itself, or a call. */
    address: Fixed<string | null>
    action: Fixed<string>
    employee_id: Fixed<number | null>
    detail: Fixed<string | null>
    /** Over this event and the hash of the one before it. */
    hash: Fixed<string>
  }
}

/** What an admin may do: everything; everything but accounts, other systems and settings; look. */
export type Role = 'owner' | 'admin' | 'read-only'

/** A recording's file name under the data directory, null when there is none; how long; whether somebody speaks in it. */
interface RecordingColumns {
  recording: string | null
  duration_ms: number
  has_speech: Flag
  /** When its audio was erased, being older than is kept. Until the file is gone too, `recording` names it. */
  erased_at: Instant | null
}

/** Counts the changes of a row: who changes it says which one they saw. */
type Revision = Generated<number>

/**
 * `forgiven`: wrong, and then right by the same caller for the same ID. `locked`: not looked at. `unknown`: there is no
 * such ID, or it has no PIN.
 */
export type PinVerdict = 'wrong' | 'forgiven' | 'right' | 'locked' | 'unknown'

/** `voided`: by an admin; it counts for nothing. */
export type TimeEntryState = 'open' | 'closed' | 'missing-clock-out' | 'voided'

/** What an admin made of a voice check that they listened to. */
export type VoiceVerdict = 'heard' | 'doubtful'

/** `cancelled`: its webhook ended first. */
export type DeliveryState = 'waiting' | 'delivered' | 'failed' | 'cancelled'

/**
 * `handing-over`: the server may have it, and has not confirmed it yet. `unconfirmed`: Punchline was stopped just then.
 * `cancelled`: its link had ended before it was sent.
 */
export type MailState = 'waiting' | 'handing-over' | 'sent' | 'failed' | 'cancelled' | 'unconfirmed'

/**
 * Why a caller could not clock in though the call was led: no sound came from them; or no key did, of somebody who heard
 * the prompts (`no-keys`) or of whom there is no sign that they did (`no-sign`).
 */
export type SoundTrouble = 'no-sound' | 'no-sign' | 'no-keys'

/** How a call ended. `handed-back`: a fault; the caller heard the apology. `cut-off`: Punchline or the PBX stopped. */
export type CallOutcome =
  | 'clocked-in'
  | 'clocked-out'
  | 'no-second-punch'
  | 'unclaimed-punch'
  | 'hung-up'
  | 'handed-back'
  | 'cut-off'

export type Row<Table extends keyof Schema> = Selectable<Schema[Table]>
export type NewRow<Table extends keyof Schema> = Insertable<Schema[Table]>
