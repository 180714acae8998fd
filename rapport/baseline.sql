-- What these migrations make of an empty database, in one go. Written by `make baseline`, never by hand;
-- docs/decisions/a-new-database-in-one-go.md says how it is used.
-- accounts.0001_initial
-- accounts.0002_team_tree
-- accounts.0003_field_rights_and_rules
-- accounts.0004_territories
-- accounts.0005_sessions_and_signin_log
-- accounts.0006_second_factors
-- accounts.0007_invitations_and_company_sign_in
-- accounts.0008_letters
-- accounts.0009_log_of_rights
-- kernel.0001_initial
-- kernel.0002_cursor_word
-- kernel.0003_comments_can_be_restored
-- kernel.0004_imports
-- kernel.0005_fewer_indexes
-- kernel.0006_duplicates_and_merges
-- kernel.0007_relationship_limits
-- kernel.0008_change_sets_and_trash
-- kernel.0009_custom_fields
-- kernel.0010_shares
-- kernel.0011_external_keys
-- kernel.0012_import_templates
-- kernel.0013_views_are_shared
-- kernel.0014_views_are_arranged
-- kernel.0015_custom_record_types
-- kernel.0016_searched_custom_fields
-- kernel.0017_working_together
-- kernel.0018_exchange_rates
-- kernel.0019_where_values_come_from
-- kernel.0020_comment_mentions
-- kernel.0021_what_needs_users
-- kernel.0022_values_left_out
-- kernel.0023_conversion_of_a_custom_field
-- kernel.0024_pins
-- activities.0001_initial
-- activities.0002_timelines
-- activities.0003_first_views
-- activities.0004_fewer_indexes
-- activities.0005_calendars
-- activities.0006_what_calendars_said
-- activities.0007_tasks_without_a_day
-- activities.0008_whole_days
-- api.0001_first
-- api.0002_proposals
-- api.0003_sealed_secrets
-- api.0004_tokens_administer
-- contenttypes.0001_initial
-- contenttypes.0002_remove_content_type_name
-- auth.0001_initial
-- auth.0002_alter_permission_name_max_length
-- auth.0003_alter_user_email_max_length
-- auth.0004_alter_user_username_opts
-- auth.0005_alter_user_last_login_null
-- auth.0006_require_contenttypes_0002
-- auth.0007_alter_validators_add_error_messages
-- auth.0008_alter_user_username_max_length
-- auth.0009_alter_user_last_name_max_length
-- auth.0010_alter_group_name_max_length
-- auth.0011_update_proxy_permissions
-- auth.0012_alter_user_first_name_max_length
-- kernel.0025_links_of_imported_rows
-- kernel.0026_rows_judged_and_mended
-- kernel.0027_import_alike_like_cells
-- parties.0001_initial
-- parties.0002_works_at
-- parties.0003_stageperiod
-- parties.0004_next_steps_are_worked_out
-- parties.0005_fewer_indexes
-- parties.0006_first_views
-- parties.0007_stages_that_are_over
-- parties.0008_life_cycle
-- parties.0009_growing_records
-- parties.0010_postcode_of_the_main_address
-- parties.0011_what_my_day_asks
-- procrastinate.0001_initial
-- procrastinate.0002_drop_started_at_column
-- procrastinate.0003_drop_started_at_column
-- procrastinate.0004_drop_procrastinate_version_table
-- procrastinate.0005_fix_procrastinate_fetch_job
-- procrastinate.0006_fix_trigger_status_events_insert
-- procrastinate.0007_add_queueing_lock_column
-- procrastinate.0008_close_fetch_job_race_condition
-- procrastinate.0009_add_defer_job_function
-- procrastinate.0010_add_procrastinate_periodic_defers
-- procrastinate.0011_add_foreign_key_index
-- procrastinate.0012_add_locks_to_periodic_defer
-- procrastinate.0013_fix_procrastinate_defer_periodic_job
-- procrastinate.0014_add_finish_job_and_retry_job_functions
-- procrastinate.0015_add_trigger_on_job_deletion
-- procrastinate.0016_delete_finished_jobs
-- procrastinate.0017_add_checks_to_finish_job
-- procrastinate.0018_add_checks_to_retry_job
-- procrastinate.0019_fix_finish_job_compat_issue
-- procrastinate.0020_add_index_on_procrastinate_jobs
-- procrastinate.0021_add_kwargs_to_defer_periodic_job
-- procrastinate.0022_null_locks_excluded
-- procrastinate.0023_remove_old_finish_job_function
-- procrastinate.0024_job_id_bigint
-- procrastinate.0025_add_models
-- procrastinate.0026_add_job_priority
-- procrastinate.0027_add_periodic_job_priority
-- procrastinate.0028_add_cancel_states
-- procrastinate.0029_add_additional_params_to_retry_job
-- procrastinate.0030_alter_procrastinateevent_options
-- procrastinate.0031_add_indexes_for_fetch_job
-- procrastinate.0032_pre_cancel_notification
-- procrastinate.0033_post_cancel_notification
-- procrastinate.0034_pre_add_heartbeat
-- procrastinate.0035_post_add_heartbeat
-- procrastinate.0036_add_worker_model
-- procrastinate.0037_pre_batch_defer_jobs
-- procrastinate.0038_post_batch_defer_jobs
-- procrastinate.0039_pre_priority_lock_fetch_job
-- procrastinate.0040_pre_retry_failed_job
-- procrastinate.0041_post_retry_failed_job
-- runtime.0001_job_failures
-- sales.0001_initial
-- sales.0002_first_pipeline
-- sales.0003_closing_rules
-- sales.0004_deal_begins
-- sales.0005_first_views
-- sales.0006_fewer_indexes
-- sales.0007_last_contact_is_worked_out

SET LOCAL check_function_bodies = false;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE TABLE public.accounts_attempt (
    key character varying(64) NOT NULL,
    count integer NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT accounts_attempt_count_check CHECK ((count >= 0))
);

CREATE TABLE public.accounts_authenticator (
    id uuid NOT NULL,
    kind character varying(10) NOT NULL,
    name character varying(100) NOT NULL,
    secret text NOT NULL,
    last_step bigint NOT NULL,
    credential_id bytea,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    user_id uuid NOT NULL
);

CREATE TABLE public.accounts_company (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    language character varying(10) NOT NULL,
    currency character varying(3) NOT NULL,
    time_zone character varying(64) NOT NULL,
    country character varying(2) NOT NULL,
    is_sample boolean NOT NULL,
    invitation_days smallint NOT NULL,
    log_months smallint NOT NULL,
    needs_second_factor boolean NOT NULL,
    CONSTRAINT accounts_company_invitation_days_check CHECK ((invitation_days >= 0)),
    CONSTRAINT accounts_company_log_months_check CHECK ((log_months >= 0)),
    CONSTRAINT there_is_only_one_company CHECK ((id = 1))
);

ALTER TABLE public.accounts_company ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_company_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_identity (
    id uuid NOT NULL,
    subject character varying(255) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    user_id uuid NOT NULL,
    provider_id uuid NOT NULL
);

CREATE TABLE public.accounts_invitation (
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(150) NOT NULL,
    digest character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    invited_by_id uuid,
    team_id uuid
);

CREATE TABLE public.accounts_invitation_roles (
    id bigint NOT NULL,
    invitation_id uuid NOT NULL,
    role_id bigint NOT NULL
);

ALTER TABLE public.accounts_invitation_roles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_invitation_roles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_letter (
    id uuid NOT NULL,
    key text NOT NULL,
    "to" text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text NOT NULL,
    address text NOT NULL,
    state text NOT NULL,
    at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    user_id uuid NOT NULL
);

CREATE TABLE public.accounts_provider (
    id uuid NOT NULL,
    name character varying(60) NOT NULL,
    issuer character varying(500) NOT NULL,
    client_id character varying(300) NOT NULL,
    secret text NOT NULL,
    trusts_addresses boolean NOT NULL,
    creates_users boolean NOT NULL,
    domains jsonb NOT NULL,
    is_on boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    role_id bigint
);

CREATE TABLE public.accounts_recoverycode (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    used_at timestamp with time zone,
    user_id uuid NOT NULL
);

ALTER TABLE public.accounts_recoverycode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_recoverycode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_rightsentry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    deed text NOT NULL,
    by_name text NOT NULL,
    door text NOT NULL,
    program text NOT NULL,
    thing text NOT NULL,
    thing_id text NOT NULL,
    thing_name text NOT NULL,
    whom text NOT NULL,
    whom_id text NOT NULL,
    whom_name text NOT NULL,
    type text NOT NULL,
    part text NOT NULL,
    old jsonb,
    new jsonb,
    by_id uuid
);

ALTER TABLE public.accounts_rightsentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_rightsentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_role (
    id bigint NOT NULL,
    key character varying(40) NOT NULL,
    name character varying(100) NOT NULL,
    help character varying(300) NOT NULL,
    grants jsonb NOT NULL,
    is_administrator boolean NOT NULL,
    field_rights jsonb NOT NULL,
    rules jsonb NOT NULL,
    needs_second_factor boolean NOT NULL
);

ALTER TABLE public.accounts_role ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    public_id uuid NOT NULL,
    way character varying(20) NOT NULL,
    device character varying(100) NOT NULL,
    address character varying(64) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    user_id uuid
);

CREATE TABLE public.accounts_signinentry (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    event character varying(20) NOT NULL,
    way character varying(20) NOT NULL,
    email character varying(254) NOT NULL,
    detail character varying(300) NOT NULL,
    device character varying(100) NOT NULL,
    address character varying(64) NOT NULL,
    by_id uuid,
    user_id uuid
);

CREATE TABLE public.accounts_team (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    parent_id uuid
);

CREATE TABLE public.accounts_territory (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    filters jsonb NOT NULL,
    parent_id uuid
);

CREATE TABLE public.accounts_territory_teams (
    id bigint NOT NULL,
    territory_id uuid NOT NULL,
    team_id uuid NOT NULL
);

ALTER TABLE public.accounts_territory_teams ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_territory_teams_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_territory_users (
    id bigint NOT NULL,
    territory_id uuid NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE public.accounts_territory_users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_territory_users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.accounts_user (
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(150) NOT NULL,
    is_active boolean NOT NULL,
    language character varying(10) NOT NULL,
    time_zone character varying(64) NOT NULL,
    theme character varying(10) NOT NULL,
    density character varying(12) NOT NULL,
    single_keys boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    team_id uuid,
    has_second_factor boolean NOT NULL
);

CREATE TABLE public.accounts_user_roles (
    id bigint NOT NULL,
    user_id uuid NOT NULL,
    role_id bigint NOT NULL
);

ALTER TABLE public.accounts_user_roles ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_roles_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.activities_activity (
    id uuid NOT NULL,
    tags text[] NOT NULL,
    source text NOT NULL,
    origin text NOT NULL,
    origin_detail text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer NOT NULL,
    custom jsonb NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    due_at timestamp with time zone,
    duration numeric(18,0),
    done_at timestamp with time zone,
    outcome text NOT NULL,
    direction text NOT NULL,
    at timestamp with time zone NOT NULL,
    owner_id uuid,
    team_id uuid,
    occurs_at timestamp with time zone,
    place text NOT NULL,
    reminder text NOT NULL,
    series_id uuid,
    CONSTRAINT a_note_is_written_not_planned CHECK (((NOT (type = 'note'::text)) OR (done_at IS NOT NULL)))
);

CREATE TABLE public.activities_calendaraccount (
    user_id uuid NOT NULL,
    url character varying(1000) NOT NULL,
    username character varying(200) NOT NULL,
    password text NOT NULL,
    calendar character varying(1000) NOT NULL,
    name character varying(200) NOT NULL,
    token text NOT NULL,
    is_on boolean NOT NULL,
    synced_at timestamp with time zone,
    next_at timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    problem text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT activities_calendaraccount_failures_check CHECK ((failures >= 0))
);

CREATE TABLE public.activities_calendaritem (
    id uuid NOT NULL,
    href character varying(1000) NOT NULL,
    etag character varying(300) NOT NULL,
    uid character varying(255) NOT NULL,
    is_series boolean NOT NULL,
    digest character varying(64) NOT NULL,
    is_left boolean NOT NULL,
    account_id uuid NOT NULL,
    activity_id uuid,
    raw text NOT NULL
);

CREATE TABLE public.activities_feed (
    user_id uuid NOT NULL,
    digest character varying(64) NOT NULL,
    secret text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE public.activities_next_step (
    id bigint NOT NULL,
    due_at timestamp with time zone,
    activity_id uuid NOT NULL,
    record_id uuid NOT NULL
);

ALTER TABLE public.activities_next_step ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.activities_next_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.activities_participant (
    id uuid NOT NULL,
    activity_id uuid NOT NULL,
    record_id uuid,
    user_id uuid,
    CONSTRAINT a_participant_is_a_record_or_a_user CHECK ((((record_id IS NULL) OR (user_id IS NULL)) AND (1 = (
CASE
    WHEN (record_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (user_id IS NULL) THEN 1
    ELSE 0
END))))
);

CREATE TABLE public.activities_reminder (
    id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    times smallint NOT NULL,
    snoozed_until timestamp with time zone,
    activity_id uuid NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT activities_reminder_times_check CHECK ((times >= 0))
);

CREATE TABLE public.activities_reminderchoice (
    user_id uuid NOT NULL,
    appointments character varying(10) NOT NULL,
    tasks character varying(10) NOT NULL
);

CREATE TABLE public.activities_series (
    id uuid NOT NULL,
    uid character varying(255) NOT NULL,
    rule text NOT NULL,
    day date NOT NULL,
    hour time without time zone,
    time_zone character varying(64) NOT NULL,
    type character varying(20) NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    place text NOT NULL,
    duration integer,
    reminder character varying(10) NOT NULL,
    filled_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    owner_id uuid NOT NULL,
    CONSTRAINT activities_series_duration_check CHECK ((duration >= 0))
);

CREATE TABLE public.api_answer (
    id uuid NOT NULL,
    key character varying(200) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body text NOT NULL,
    at timestamp with time zone NOT NULL,
    token_id uuid NOT NULL,
    CONSTRAINT api_answer_status_check CHECK ((status >= 0))
);

CREATE TABLE public.api_delivery (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    events integer NOT NULL,
    attempt integer NOT NULL,
    status smallint NOT NULL,
    milliseconds integer NOT NULL,
    problem text NOT NULL,
    first_position character varying(60) NOT NULL,
    subscription_id uuid NOT NULL,
    CONSTRAINT api_delivery_attempt_check CHECK ((attempt >= 0)),
    CONSTRAINT api_delivery_events_check CHECK ((events >= 0)),
    CONSTRAINT api_delivery_milliseconds_check CHECK ((milliseconds >= 0)),
    CONSTRAINT api_delivery_status_check CHECK ((status >= 0))
);

CREATE TABLE public.api_proposal (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    name character varying(60) NOT NULL,
    method character varying(10) NOT NULL,
    parts jsonb NOT NULL,
    query jsonb NOT NULL,
    body text NOT NULL,
    version text NOT NULL,
    label text NOT NULL,
    changes jsonb NOT NULL,
    state text NOT NULL,
    problem text NOT NULL,
    decided_at timestamp with time zone,
    change_set_id uuid,
    token_id uuid NOT NULL
);

CREATE TABLE public.api_subscription (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    url character varying(1000) NOT NULL,
    secret text NOT NULL,
    types jsonb NOT NULL,
    acts jsonb NOT NULL,
    filter jsonb NOT NULL,
    skips_programs boolean NOT NULL,
    is_on boolean NOT NULL,
    transaction bigint NOT NULL,
    change bigint NOT NULL,
    failures integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    failing_since timestamp with time zone,
    problem text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT api_subscription_failures_check CHECK ((failures >= 0))
);

CREATE TABLE public.api_token (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    beginning character varying(16) NOT NULL,
    digest character varying(64) NOT NULL,
    may_write boolean NOT NULL,
    types jsonb NOT NULL,
    per_minute integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    user_id uuid NOT NULL,
    waits boolean NOT NULL,
    may_administer boolean NOT NULL,
    CONSTRAINT api_token_per_minute_check CHECK ((per_minute >= 0))
);

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_awaited_link (
    id bigint NOT NULL,
    phase text NOT NULL,
    line integer NOT NULL,
    cells jsonb NOT NULL,
    said jsonb NOT NULL,
    record_id uuid,
    is_new boolean NOT NULL,
    is_unchanged boolean NOT NULL,
    source_id uuid NOT NULL
);

ALTER TABLE public.kernel_awaited_link ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_awaited_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_change (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    record_id uuid NOT NULL,
    type text NOT NULL,
    act text NOT NULL,
    part text DEFAULT ''::text NOT NULL,
    part_id uuid,
    diff jsonb DEFAULT '{}'::jsonb NOT NULL,
    version integer,
    actor_id uuid,
    cause text NOT NULL,
    change_set_id uuid,
    transaction bigint NOT NULL
)
PARTITION BY RANGE (at);

ALTER TABLE public.kernel_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.kernel_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_change_other (
    id bigint CONSTRAINT kernel_change_id_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT kernel_change_at_not_null NOT NULL,
    record_id uuid CONSTRAINT kernel_change_record_id_not_null NOT NULL,
    type text CONSTRAINT kernel_change_type_not_null NOT NULL,
    act text CONSTRAINT kernel_change_act_not_null NOT NULL,
    part text DEFAULT ''::text CONSTRAINT kernel_change_part_not_null NOT NULL,
    part_id uuid,
    diff jsonb DEFAULT '{}'::jsonb CONSTRAINT kernel_change_diff_not_null NOT NULL,
    version integer,
    actor_id uuid,
    cause text CONSTRAINT kernel_change_cause_not_null NOT NULL,
    change_set_id uuid,
    transaction bigint CONSTRAINT kernel_change_transaction_not_null NOT NULL
);

CREATE TABLE public.kernel_change_set (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    cause text NOT NULL,
    label text NOT NULL,
    events jsonb NOT NULL,
    reverted_at timestamp with time zone,
    actor_id uuid,
    reverts_id uuid,
    facts jsonb NOT NULL,
    types text[] NOT NULL
);

CREATE TABLE public.kernel_comment (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone,
    text text NOT NULL,
    author_id uuid,
    record_id uuid NOT NULL,
    deleted_at timestamp with time zone,
    thread_id uuid,
    mentions jsonb NOT NULL
);

CREATE TABLE public.kernel_cursor (
    name text NOT NULL,
    transaction bigint NOT NULL
);

CREATE TABLE public.kernel_custom_field (
    id uuid NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    texts jsonb NOT NULL,
    "group" text NOT NULL,
    required boolean NOT NULL,
    "unique" boolean NOT NULL,
    "default" jsonb,
    options jsonb NOT NULL,
    "position" integer NOT NULL,
    is_listed boolean NOT NULL,
    is_indexed boolean NOT NULL,
    index_state text NOT NULL,
    privacy text NOT NULL,
    conditions jsonb NOT NULL,
    before jsonb NOT NULL,
    removed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    is_searched boolean NOT NULL,
    conversion jsonb NOT NULL,
    CONSTRAINT kernel_custom_field_word CHECK ((key ~ '^[a-z][a-z0-9_]{0,39}$'::text))
);

CREATE TABLE public.kernel_custom_type (
    id uuid NOT NULL,
    key text NOT NULL,
    texts jsonb NOT NULL,
    icon text NOT NULL,
    hue text NOT NULL,
    board text NOT NULL,
    subtitle text[] NOT NULL,
    in_menu boolean NOT NULL,
    "position" integer NOT NULL,
    removed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT kernel_custom_type_word CHECK ((key ~ '^[a-z][a-z0-9_]{0,29}$'::text))
);

CREATE TABLE public.kernel_digest_choice (
    user_id uuid NOT NULL,
    is_on boolean NOT NULL,
    hour integer NOT NULL,
    workdays_only boolean NOT NULL,
    sent_on date,
    CONSTRAINT a_day_has_24_hours CHECK (((hour >= 0) AND (hour <= 23)))
);

CREATE TABLE public.kernel_disagreement (
    id uuid NOT NULL,
    type text NOT NULL,
    field text NOT NULL,
    typed jsonb NOT NULL,
    brought jsonb NOT NULL,
    typed_by_id uuid,
    typed_at timestamp with time zone,
    cause text NOT NULL,
    change_set_id uuid,
    at timestamp with time zone NOT NULL,
    state text NOT NULL,
    decided_at timestamp with time zone,
    decided_by_id uuid,
    record_id uuid NOT NULL,
    is_written boolean NOT NULL
);

CREATE TABLE public.kernel_duplicate (
    id uuid NOT NULL,
    type text NOT NULL,
    points smallint NOT NULL,
    reasons text[] NOT NULL,
    state text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    decided_by_id uuid,
    first_id uuid NOT NULL,
    second_id uuid NOT NULL,
    CONSTRAINT a_pair_is_in_order CHECK ((first_id < second_id))
);

CREATE TABLE public.kernel_external_key (
    id uuid NOT NULL,
    type text NOT NULL,
    source character varying(60) NOT NULL,
    key character varying(200) NOT NULL,
    record_id uuid NOT NULL
);

CREATE TABLE public.kernel_file (
    id uuid NOT NULL,
    name character varying(250) NOT NULL,
    content character varying(200) NOT NULL,
    content_type character varying(120) NOT NULL,
    size bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    record_id uuid,
    uploaded_by_id uuid
);

CREATE TABLE public.kernel_fingerprint (
    record_id uuid NOT NULL,
    type text NOT NULL,
    keys bigint[] NOT NULL,
    loose bigint[] NOT NULL,
    facts jsonb NOT NULL
);

CREATE TABLE public.kernel_follower (
    id bigint NOT NULL,
    follows boolean NOT NULL,
    since timestamp with time zone NOT NULL,
    record_id uuid NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE public.kernel_follower ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_follower_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_frequent_key (
    key bigint NOT NULL
);

CREATE TABLE public.kernel_import (
    id uuid NOT NULL,
    type text NOT NULL,
    file_name text NOT NULL,
    content character varying(200) NOT NULL,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sheet text NOT NULL,
    facts jsonb NOT NULL,
    mapping jsonb NOT NULL,
    options jsonb NOT NULL,
    counts jsonb NOT NULL,
    checked jsonb NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    resumed_from integer NOT NULL,
    "position" integer NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    message text NOT NULL,
    change_set_id uuid,
    created_by_id uuid
);

CREATE TABLE public.kernel_import_alike (
    id bigint NOT NULL,
    line integer NOT NULL,
    cells jsonb NOT NULL,
    record_id uuid,
    like_line integer,
    title text NOT NULL,
    points smallint NOT NULL,
    words jsonb NOT NULL,
    verdict text NOT NULL,
    wins jsonb NOT NULL,
    source_id uuid NOT NULL,
    like_cells jsonb NOT NULL
);

ALTER TABLE public.kernel_import_alike ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_import_alike_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_import_mended (
    id bigint NOT NULL,
    line integer NOT NULL,
    cells jsonb NOT NULL,
    places jsonb NOT NULL,
    source_id uuid NOT NULL
);

ALTER TABLE public.kernel_import_mended ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_import_mended_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_import_row (
    id bigint NOT NULL,
    phase text NOT NULL,
    line integer NOT NULL,
    cells jsonb NOT NULL,
    problems jsonb NOT NULL,
    source_id uuid NOT NULL
);

ALTER TABLE public.kernel_import_row ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_import_row_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_import_template (
    id uuid NOT NULL,
    type text NOT NULL,
    name character varying(80) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    is_shared boolean NOT NULL,
    header jsonb NOT NULL,
    mapping jsonb NOT NULL,
    options jsonb NOT NULL,
    created_by_id uuid
);

CREATE TABLE public.kernel_merge (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    change_set_id uuid NOT NULL,
    survivor_id uuid NOT NULL
);

CREATE TABLE public.kernel_merged_record (
    record_id uuid NOT NULL,
    into_id uuid NOT NULL,
    merge_id uuid NOT NULL
);

CREATE TABLE public.kernel_moved_link (
    id bigint NOT NULL,
    "table" text NOT NULL,
    "column" text NOT NULL,
    "row" text NOT NULL,
    old uuid NOT NULL,
    line jsonb,
    merge_id uuid NOT NULL
);

ALTER TABLE public.kernel_moved_link ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_moved_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_news (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    what text NOT NULL,
    record_id uuid,
    user_id uuid,
    by_id uuid,
    transaction bigint NOT NULL
);

ALTER TABLE public.kernel_news ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_news_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_notification (
    id uuid NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    "values" jsonb NOT NULL,
    address text NOT NULL,
    key text,
    at timestamp with time zone NOT NULL,
    in_page boolean NOT NULL,
    read_at timestamp with time zone,
    mail_due_at timestamp with time zone,
    mailed_at timestamp with time zone,
    by_id uuid,
    record_id uuid,
    user_id uuid NOT NULL
);

CREATE TABLE public.kernel_notification_choice (
    id bigint NOT NULL,
    kind text NOT NULL,
    in_page boolean NOT NULL,
    mail text NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE public.kernel_notification_choice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_notification_choice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_pin (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    record_id uuid,
    user_id uuid NOT NULL,
    view_id uuid,
    CONSTRAINT a_pin_is_of_a_view_or_of_a_record CHECK ((((record_id IS NOT NULL) AND (view_id IS NULL)) OR ((record_id IS NULL) AND (view_id IS NOT NULL))))
);

ALTER TABLE public.kernel_pin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_pin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_presence (
    tab uuid NOT NULL,
    record_id uuid NOT NULL,
    is_editing boolean NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    user_id uuid NOT NULL
);

CREATE TABLE public.kernel_rate (
    id bigint NOT NULL,
    currency character varying(3) NOT NULL,
    base character varying(3) NOT NULL,
    day date NOT NULL,
    rate numeric(20,10) NOT NULL,
    CONSTRAINT a_rate_is_positive_and_of_two_currencies CHECK (((rate > (0)::numeric) AND (NOT ((currency)::text = (base)::text))))
);

ALTER TABLE public.kernel_rate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_record (
    id uuid NOT NULL,
    type text NOT NULL,
    title text NOT NULL,
    owner_id uuid,
    team_id uuid,
    deleted_at timestamp with time zone,
    rank_at timestamp with time zone NOT NULL,
    lexemes tsvector
);

CREATE TABLE public.kernel_relationship (
    id uuid NOT NULL,
    role text NOT NULL,
    note text NOT NULL,
    share numeric(7,2),
    is_primary boolean NOT NULL,
    valid_from date,
    valid_until date,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    type_id bigint CONSTRAINT kernel_relationship_type_id_not_null1 NOT NULL,
    CONSTRAINT a_relationship_ends_after_it_begins CHECK (((valid_from IS NULL) OR (valid_until IS NULL) OR (valid_until >= valid_from))),
    CONSTRAINT a_relationship_joins_two_records CHECK ((NOT (source_id = target_id)))
);

CREATE TABLE public.kernel_relationship_type (
    id bigint NOT NULL,
    key character varying(60) NOT NULL,
    name character varying(100) NOT NULL,
    inverse_name character varying(100) NOT NULL,
    source_types text[] NOT NULL,
    target_types text[] NOT NULL,
    is_built_in boolean NOT NULL,
    most_sources smallint,
    most_targets smallint,
    CONSTRAINT kernel_relationship_type_most_sources_check CHECK ((most_sources >= 0)),
    CONSTRAINT kernel_relationship_type_most_targets_check CHECK ((most_targets >= 0))
);

ALTER TABLE public.kernel_relationship_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_relationship_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_run (
    id uuid NOT NULL,
    deed text NOT NULL,
    type text NOT NULL,
    ids uuid[] NOT NULL,
    "values" jsonb NOT NULL,
    state text NOT NULL,
    total integer NOT NULL,
    done integer NOT NULL,
    message text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    by_id uuid NOT NULL,
    change_set_id uuid NOT NULL
);

CREATE TABLE public.kernel_schema (
    id smallint NOT NULL,
    version uuid NOT NULL
);

CREATE TABLE public.kernel_share (
    id uuid NOT NULL,
    act text NOT NULL,
    until date,
    at timestamp with time zone NOT NULL,
    by_id uuid,
    record_id uuid NOT NULL,
    team_id uuid,
    user_id uuid,
    CONSTRAINT a_share_is_with_a_user_or_a_team CHECK ((((team_id IS NOT NULL) AND (user_id IS NULL)) OR ((team_id IS NULL) AND (user_id IS NOT NULL))))
);

CREATE TABLE public.kernel_snooze (
    id bigint NOT NULL,
    key text NOT NULL,
    until date NOT NULL,
    reason text NOT NULL,
    is_done boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE public.kernel_snooze ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_snooze_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_timeline (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    item_id uuid NOT NULL,
    origin_id uuid,
    record_id uuid NOT NULL
);

ALTER TABLE public.kernel_timeline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_timeline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_trash_rule (
    id bigint NOT NULL,
    days integer NOT NULL,
    CONSTRAINT kernel_trash_rule_days_check CHECK ((days >= 0))
);

ALTER TABLE public.kernel_trash_rule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_trash_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_value_mark (
    id bigint NOT NULL,
    field text NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    note text NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id uuid,
    record_id uuid NOT NULL
);

ALTER TABLE public.kernel_value_mark ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_value_mark_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_view (
    id uuid NOT NULL,
    type text NOT NULL,
    name character varying(100) NOT NULL,
    is_shared boolean NOT NULL,
    layout text NOT NULL,
    filter jsonb NOT NULL,
    columns jsonb NOT NULL,
    sort text NOT NULL,
    "position" integer NOT NULL,
    owner_id uuid,
    by text NOT NULL
);

CREATE TABLE public.kernel_view_teams (
    id bigint NOT NULL,
    view_id uuid NOT NULL,
    team_id uuid NOT NULL
);

ALTER TABLE public.kernel_view_teams ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_view_teams_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_view_users (
    id bigint NOT NULL,
    view_id uuid NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE public.kernel_view_users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.kernel_view_users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.kernel_word (
    word text NOT NULL
);

CREATE TABLE public.parties_contactpoint (
    id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    normalized text NOT NULL,
    purpose text NOT NULL,
    is_primary boolean NOT NULL,
    valid_from date,
    valid_until date,
    party_id uuid NOT NULL
);

CREATE TABLE public.parties_fieldneed (
    id bigint NOT NULL,
    type text NOT NULL,
    field text NOT NULL,
    from_stage text NOT NULL,
    weight integer NOT NULL
);

ALTER TABLE public.parties_fieldneed ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.parties_fieldneed_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.parties_lifecycle (
    id integer NOT NULL,
    pin_days integer NOT NULL,
    rest_days integer NOT NULL,
    has_begun boolean NOT NULL,
    has_needs boolean NOT NULL,
    CONSTRAINT there_is_only_one_life_cycle CHECK ((id = 1))
);

CREATE TABLE public.parties_lifecyclerule (
    id uuid NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    "position" integer NOT NULL,
    from_stages text[] NOT NULL,
    to_stage text NOT NULL,
    "where" jsonb NOT NULL,
    after_days integer NOT NULL,
    is_on boolean NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by_id uuid
);

CREATE TABLE public.parties_party (
    id uuid NOT NULL,
    tags text[] NOT NULL,
    source text NOT NULL,
    origin text NOT NULL,
    origin_detail text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer NOT NULL,
    custom jsonb NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    is_name_guessed boolean NOT NULL,
    salutation text NOT NULL,
    academic_title text NOT NULL,
    given_name text NOT NULL,
    family_name text NOT NULL,
    "position" text NOT NULL,
    stage text NOT NULL,
    stage_since date,
    email text NOT NULL,
    phone text NOT NULL,
    mobile text NOT NULL,
    website text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    birthday date,
    language text NOT NULL,
    industry text NOT NULL,
    legal_form text NOT NULL,
    employees numeric(18,0),
    vat_number text NOT NULL,
    about text NOT NULL,
    last_contact_at timestamp with time zone,
    owner_id uuid,
    picture_id uuid,
    team_id uuid,
    organization_id uuid,
    postcode text NOT NULL,
    CONSTRAINT only_a_person_works_somewhere CHECK (((kind = 'person'::text) OR (organization_id IS NULL)))
);

CREATE TABLE public.parties_partyaddress (
    id uuid NOT NULL,
    purpose text NOT NULL,
    address jsonb NOT NULL,
    is_primary boolean NOT NULL,
    valid_from date,
    valid_until date,
    party_id uuid NOT NULL
);

CREATE TABLE public.parties_qualityfigures (
    type text NOT NULL,
    at timestamp with time zone NOT NULL,
    figures jsonb NOT NULL
);

CREATE TABLE public.parties_rulewait (
    id bigint NOT NULL,
    since date NOT NULL,
    party_id uuid NOT NULL,
    rule_id uuid NOT NULL
);

ALTER TABLE public.parties_rulewait ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.parties_rulewait_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.parties_stageperiod (
    id uuid NOT NULL,
    stage text NOT NULL,
    since date,
    until date,
    party_id uuid NOT NULL,
    change_set_id uuid,
    followed_by text NOT NULL
);

CREATE TABLE public.parties_stagepin (
    party_id uuid NOT NULL,
    until date NOT NULL,
    by_id uuid,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;

CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;

CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;

CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.runtime_jobfailure (
    job bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    attempt integer NOT NULL,
    kind character varying(200) NOT NULL,
    text text NOT NULL,
    trace text NOT NULL,
    CONSTRAINT runtime_jobfailure_attempt_check CHECK ((attempt >= 0))
);

CREATE TABLE public.sales_deal (
    id uuid NOT NULL,
    tags text[] NOT NULL,
    source text NOT NULL,
    origin text NOT NULL,
    origin_detail text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer NOT NULL,
    custom jsonb NOT NULL,
    name text NOT NULL,
    amount numeric(18,2),
    amount_currency character varying(3) NOT NULL,
    expected_on date,
    chance numeric(7,0),
    next_step text NOT NULL,
    next_step_on date,
    about text NOT NULL,
    outcome text NOT NULL,
    closed_on date,
    competitor text NOT NULL,
    loss_note text NOT NULL,
    stage_since timestamp with time zone,
    "position" double precision NOT NULL,
    organization_id uuid,
    owner_id uuid,
    person_id uuid,
    team_id uuid,
    loss_reason_id uuid,
    pipeline_id uuid NOT NULL,
    stage_id uuid NOT NULL,
    CONSTRAINT a_deal_has_a_closing_date_only_when_closed CHECK ((((closed_on IS NULL) AND (outcome = 'open'::text)) OR ((NOT (outcome = 'open'::text)) AND (NOT (closed_on IS NULL))))),
    CONSTRAINT a_lost_deal_has_a_reason CHECK (((NOT (outcome = 'lost'::text)) OR (NOT (loss_reason_id IS NULL)))),
    CONSTRAINT a_won_deal_has_an_amount CHECK (((NOT (outcome = 'won'::text)) OR (NOT (amount IS NULL))))
);

CREATE TABLE public.sales_lossreason (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    "position" integer NOT NULL,
    is_active boolean NOT NULL,
    asks_competitor boolean NOT NULL,
    asks_note boolean NOT NULL
);

CREATE TABLE public.sales_pipeline (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    "position" integer NOT NULL,
    is_active boolean NOT NULL
);

CREATE TABLE public.sales_stage (
    id uuid NOT NULL,
    name character varying(100) NOT NULL,
    "position" integer NOT NULL,
    chance numeric(5,2) NOT NULL,
    expected_days integer,
    hue character varying(10) NOT NULL,
    pipeline_id uuid NOT NULL,
    CONSTRAINT sales_stage_expected_days_check CHECK ((expected_days >= 0))
);

CREATE TABLE public.sales_stagemove (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    actor_id uuid,
    deal_id uuid NOT NULL,
    from_stage_id uuid,
    to_stage_id uuid
);

ALTER TABLE ONLY public.kernel_change ATTACH PARTITION public.kernel_change_other DEFAULT;

ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);

INSERT INTO public.kernel_relationship_type VALUES (1, 'works_at', 'works at', 'employs', '{people}', '{organizations}', true, NULL, NULL);
INSERT INTO public.kernel_relationship_type VALUES (2, 'takes_part', 'takes part in', 'involves', '{people}', '{deals}', true, NULL, NULL);

INSERT INTO public.kernel_schema VALUES (1, '<id 1>');

INSERT INTO public.kernel_view VALUES ('<id 2>', 'activities', 'My open tasks', true, 'table', '{"all": [{"is": "empty", "field": "done_at", "value": ""}, {"is": "me", "field": "owner", "value": ""}]}', '[]', 'due_at', 0, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 3>', 'activities', 'Overdue', true, 'table', '{"all": [{"is": "empty", "field": "done_at", "value": ""}, {"is": "older", "field": "due_at", "value": "0"}]}', '[]', 'due_at', 1, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 4>', 'activities', 'All open', true, 'table', '{"all": [{"is": "empty", "field": "done_at", "value": ""}]}', '[]', 'due_at', 2, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 5>', 'people', 'Mine', true, 'table', '{"all": [{"is": "me", "field": "owner", "value": ""}]}', '[]', '-last_contact_at', 0, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 6>', 'people', 'Leads', true, 'table', '{"all": [{"is": "any", "field": "stage", "value": "lead|prospect"}]}', '[]', '-last_contact_at', 1, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 7>', 'people', 'Customers', true, 'table', '{"all": [{"is": "any", "field": "stage", "value": "customer|valued|won_back"}]}', '[]', '-last_contact_at', 2, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 8>', 'people', 'Customers without contact for 90 days', true, 'table', '{"all": [{"is": "any", "field": "stage", "value": "customer|valued|won_back"}, {"is": "older", "field": "last_contact_at", "value": "90"}]}', '[]', 'last_contact_at', 3, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 9>', 'organizations', 'Mine', true, 'table', '{"all": [{"is": "me", "field": "owner", "value": ""}]}', '[]', '-last_contact_at', 0, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 10>', 'organizations', 'Leads', true, 'table', '{"all": [{"is": "any", "field": "stage", "value": "lead|prospect"}]}', '[]', '-last_contact_at', 1, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 11>', 'organizations', 'Customers', true, 'table', '{"all": [{"is": "any", "field": "stage", "value": "customer|valued|won_back"}]}', '[]', '-last_contact_at', 2, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 12>', 'organizations', 'Customers without contact for 90 days', true, 'table', '{"all": [{"is": "any", "field": "stage", "value": "customer|valued|won_back"}, {"is": "older", "field": "last_contact_at", "value": "90"}]}', '[]', 'last_contact_at', 3, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 13>', 'deals', 'Open', true, 'table', '{"all": [{"is": "any", "field": "outcome", "value": "open"}]}', '[]', 'expected_on', 0, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 14>', 'deals', 'Mine', true, 'table', '{"all": [{"is": "any", "field": "outcome", "value": "open"}, {"is": "me", "field": "owner", "value": ""}]}', '[]', 'expected_on', 1, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 15>', 'deals', 'Closing in 30 days', true, 'table', '{"all": [{"is": "any", "field": "outcome", "value": "open"}, {"is": "next", "field": "expected_on", "value": "30"}]}', '[]', 'expected_on', 2, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 16>', 'deals', 'Overdue', true, 'table', '{"all": [{"is": "any", "field": "outcome", "value": "open"}, {"is": "older", "field": "expected_on", "value": "0"}]}', '[]', 'expected_on', 3, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 17>', 'deals', 'Won', true, 'table', '{"all": [{"is": "any", "field": "outcome", "value": "won"}]}', '["name", "organization", "amount", "closed_on", "owner"]', '-closed_on', 4, NULL, '');
INSERT INTO public.kernel_view VALUES ('<id 18>', 'deals', 'Lost', true, 'table', '{"all": [{"is": "any", "field": "outcome", "value": "lost"}]}', '["name", "organization", "amount", "closed_on", "owner", "loss_reason", "competitor"]', '-closed_on', 5, NULL, '');

INSERT INTO public.sales_lossreason VALUES ('<id 19>', 'Price', 0, true, true, false);
INSERT INTO public.sales_lossreason VALUES ('<id 20>', 'No budget', 2, true, false, false);
INSERT INTO public.sales_lossreason VALUES ('<id 21>', 'No decision', 3, true, false, false);
INSERT INTO public.sales_lossreason VALUES ('<id 22>', 'Bad timing', 4, true, false, false);
INSERT INTO public.sales_lossreason VALUES ('<id 23>', 'Other', 7, true, false, true);
INSERT INTO public.sales_lossreason VALUES ('<id 24>', 'Competitor', 1, true, true, false);
INSERT INTO public.sales_lossreason VALUES ('<id 25>', 'Not a fit', 5, true, false, false);
INSERT INTO public.sales_lossreason VALUES ('<id 26>', 'No answer', 6, true, false, false);

INSERT INTO public.sales_pipeline VALUES ('<id 27>', 'Sales', 0, true);

INSERT INTO public.sales_stage VALUES ('<id 28>', 'Qualified', 0, 20.00, 14, 'sky', '<id 27>');
INSERT INTO public.sales_stage VALUES ('<id 29>', 'Needs understood', 1, 35.00, 14, 'petrol', '<id 27>');
INSERT INTO public.sales_stage VALUES ('<id 30>', 'Proposal', 2, 50.00, 21, 'violet', '<id 27>');
INSERT INTO public.sales_stage VALUES ('<id 31>', 'Negotiation', 3, 70.00, 14, 'amber', '<id 27>');
INSERT INTO public.sales_stage VALUES ('<id 32>', 'Contract sent', 4, 90.00, 7, 'green', '<id 27>');

SELECT pg_catalog.setval('public.kernel_relationship_type_id_seq', 2, true);

ALTER TABLE ONLY public.activities_calendaritem
    ADD CONSTRAINT a_calendar_item_is_known_once UNIQUE (account_id, href);

ALTER TABLE ONLY public.kernel_rate
    ADD CONSTRAINT a_currency_has_one_rate_a_day UNIQUE (base, currency, day);

ALTER TABLE ONLY public.parties_fieldneed
    ADD CONSTRAINT a_field_is_needed_from_one_stage_on UNIQUE (type, field);

ALTER TABLE ONLY public.api_answer
    ADD CONSTRAINT a_key_is_answered_once UNIQUE (token_id, key);

ALTER TABLE ONLY public.kernel_duplicate
    ADD CONSTRAINT a_pair_stands_once UNIQUE (first_id, second_id);

ALTER TABLE ONLY public.parties_rulewait
    ADD CONSTRAINT a_party_waits_once_for_a_rule UNIQUE (rule_id, party_id);

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT a_record_is_shared_once_with_a_team UNIQUE (record_id, team_id);

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT a_record_is_shared_once_with_a_user UNIQUE (record_id, user_id);

ALTER TABLE ONLY public.accounts_recoverycode
    ADD CONSTRAINT a_recovery_code_is_there_once UNIQUE (user_id, digest);

ALTER TABLE ONLY public.activities_reminder
    ADD CONSTRAINT a_reminder_is_sent_once UNIQUE (activity_id, user_id, due_at);

ALTER TABLE ONLY public.kernel_import_alike
    ADD CONSTRAINT a_row_is_judged_once UNIQUE (source_id, line);

ALTER TABLE ONLY public.kernel_import_mended
    ADD CONSTRAINT a_row_is_mended_once UNIQUE (source_id, line);

ALTER TABLE ONLY public.sales_stage
    ADD CONSTRAINT a_stage_name_stands_once_in_a_pipeline UNIQUE (pipeline_id, name);

ALTER TABLE ONLY public.accounts_identity
    ADD CONSTRAINT a_subject_is_one_user UNIQUE (provider_id, subject);

ALTER TABLE ONLY public.kernel_notification_choice
    ADD CONSTRAINT a_user_chooses_once_for_a_kind UNIQUE (user_id, kind);

ALTER TABLE ONLY public.kernel_follower
    ADD CONSTRAINT a_user_follows_a_record_once UNIQUE (record_id, user_id);

ALTER TABLE ONLY public.kernel_notification
    ADD CONSTRAINT a_user_is_told_the_same_thing_once UNIQUE (user_id, kind, key);

ALTER TABLE ONLY public.kernel_pin
    ADD CONSTRAINT a_user_pins_a_record_once UNIQUE (user_id, record_id);

ALTER TABLE ONLY public.kernel_pin
    ADD CONSTRAINT a_user_pins_a_view_once UNIQUE (user_id, view_id);

ALTER TABLE ONLY public.kernel_snooze
    ADD CONSTRAINT a_user_puts_a_line_off_once UNIQUE (user_id, key);

ALTER TABLE ONLY public.kernel_value_mark
    ADD CONSTRAINT a_value_has_one_mark UNIQUE (record_id, field);

ALTER TABLE ONLY public.accounts_attempt
    ADD CONSTRAINT accounts_attempt_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.accounts_authenticator
    ADD CONSTRAINT accounts_authenticator_credential_id_key UNIQUE (credential_id);

ALTER TABLE ONLY public.accounts_authenticator
    ADD CONSTRAINT accounts_authenticator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_company
    ADD CONSTRAINT accounts_company_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_identity
    ADD CONSTRAINT accounts_identity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_invitation_roles
    ADD CONSTRAINT accounts_invitation_roles_invitation_id_role_id_5355f57e_uniq UNIQUE (invitation_id, role_id);

ALTER TABLE ONLY public.accounts_invitation_roles
    ADD CONSTRAINT accounts_invitation_roles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_letter
    ADD CONSTRAINT accounts_letter_key_key UNIQUE (key);

ALTER TABLE ONLY public.accounts_letter
    ADD CONSTRAINT accounts_letter_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_provider
    ADD CONSTRAINT accounts_provider_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_recoverycode
    ADD CONSTRAINT accounts_recoverycode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_rightsentry
    ADD CONSTRAINT accounts_rightsentry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_role
    ADD CONSTRAINT accounts_role_key_key UNIQUE (key);

ALTER TABLE ONLY public.accounts_role
    ADD CONSTRAINT accounts_role_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_session
    ADD CONSTRAINT accounts_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.accounts_session
    ADD CONSTRAINT accounts_session_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.accounts_signinentry
    ADD CONSTRAINT accounts_signinentry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_team
    ADD CONSTRAINT accounts_team_name_key UNIQUE (name);

ALTER TABLE ONLY public.accounts_team
    ADD CONSTRAINT accounts_team_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_territory
    ADD CONSTRAINT accounts_territory_name_key UNIQUE (name);

ALTER TABLE ONLY public.accounts_territory
    ADD CONSTRAINT accounts_territory_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_territory_teams
    ADD CONSTRAINT accounts_territory_teams_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_territory_teams
    ADD CONSTRAINT accounts_territory_teams_territory_id_team_id_b8e1db6b_uniq UNIQUE (territory_id, team_id);

ALTER TABLE ONLY public.accounts_territory_users
    ADD CONSTRAINT accounts_territory_users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_territory_users
    ADD CONSTRAINT accounts_territory_users_territory_id_user_id_88b1727c_uniq UNIQUE (territory_id, user_id);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_email_key UNIQUE (email);

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_user_roles
    ADD CONSTRAINT accounts_user_roles_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts_user_roles
    ADD CONSTRAINT accounts_user_roles_user_id_role_id_d36f9c32_uniq UNIQUE (user_id, role_id);

ALTER TABLE ONLY public.activities_activity
    ADD CONSTRAINT activities_activity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activities_calendaraccount
    ADD CONSTRAINT activities_calendaraccount_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.activities_calendaritem
    ADD CONSTRAINT activities_calendaritem_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activities_feed
    ADD CONSTRAINT activities_feed_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.activities_feed
    ADD CONSTRAINT activities_feed_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.activities_next_step
    ADD CONSTRAINT activities_next_step_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activities_participant
    ADD CONSTRAINT activities_participant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activities_reminder
    ADD CONSTRAINT activities_reminder_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activities_reminderchoice
    ADD CONSTRAINT activities_reminderchoice_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.activities_series
    ADD CONSTRAINT activities_series_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activities_next_step
    ADD CONSTRAINT an_activity_is_a_next_step_once UNIQUE (record_id, activity_id);

ALTER TABLE ONLY public.kernel_external_key
    ADD CONSTRAINT an_external_key_means_one_record UNIQUE (type, source, key);

ALTER TABLE ONLY public.kernel_import_template
    ADD CONSTRAINT an_import_template_has_a_name_of_its_own UNIQUE (type, created_by_id, name);

ALTER TABLE ONLY public.kernel_timeline
    ADD CONSTRAINT an_item_stands_once_in_a_timeline UNIQUE (record_id, kind, item_id);

ALTER TABLE ONLY public.api_answer
    ADD CONSTRAINT api_answer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_delivery
    ADD CONSTRAINT api_delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_proposal
    ADD CONSTRAINT api_proposal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_subscription
    ADD CONSTRAINT api_subscription_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_awaited_link
    ADD CONSTRAINT kernel_awaited_link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_change
    ADD CONSTRAINT kernel_change_pkey PRIMARY KEY (at, id);

ALTER TABLE ONLY public.kernel_change_other
    ADD CONSTRAINT kernel_change_other_pkey PRIMARY KEY (at, id);

ALTER TABLE ONLY public.kernel_change_set
    ADD CONSTRAINT kernel_change_set_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_comment
    ADD CONSTRAINT kernel_comment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_cursor
    ADD CONSTRAINT kernel_cursor_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.kernel_custom_field
    ADD CONSTRAINT kernel_custom_field_key UNIQUE (type, key);

ALTER TABLE ONLY public.kernel_custom_field
    ADD CONSTRAINT kernel_custom_field_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_custom_type
    ADD CONSTRAINT kernel_custom_type_key_key UNIQUE (key);

ALTER TABLE ONLY public.kernel_custom_type
    ADD CONSTRAINT kernel_custom_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_digest_choice
    ADD CONSTRAINT kernel_digest_choice_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.kernel_disagreement
    ADD CONSTRAINT kernel_disagreement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_duplicate
    ADD CONSTRAINT kernel_duplicate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_external_key
    ADD CONSTRAINT kernel_external_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_file
    ADD CONSTRAINT kernel_file_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_fingerprint
    ADD CONSTRAINT kernel_fingerprint_pkey PRIMARY KEY (record_id);

ALTER TABLE ONLY public.kernel_follower
    ADD CONSTRAINT kernel_follower_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_frequent_key
    ADD CONSTRAINT kernel_frequent_key_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.kernel_import_alike
    ADD CONSTRAINT kernel_import_alike_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_import_mended
    ADD CONSTRAINT kernel_import_mended_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_import
    ADD CONSTRAINT kernel_import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_import_row
    ADD CONSTRAINT kernel_import_row_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_import_template
    ADD CONSTRAINT kernel_import_template_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_merge
    ADD CONSTRAINT kernel_merge_change_set_id_key UNIQUE (change_set_id);

ALTER TABLE ONLY public.kernel_merge
    ADD CONSTRAINT kernel_merge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_merged_record
    ADD CONSTRAINT kernel_merged_record_pkey PRIMARY KEY (record_id);

ALTER TABLE ONLY public.kernel_moved_link
    ADD CONSTRAINT kernel_moved_link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_news
    ADD CONSTRAINT kernel_news_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_notification_choice
    ADD CONSTRAINT kernel_notification_choice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_notification
    ADD CONSTRAINT kernel_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_pin
    ADD CONSTRAINT kernel_pin_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_presence
    ADD CONSTRAINT kernel_presence_pkey PRIMARY KEY (tab);

ALTER TABLE ONLY public.kernel_rate
    ADD CONSTRAINT kernel_rate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_record
    ADD CONSTRAINT kernel_record_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_relationship
    ADD CONSTRAINT kernel_relationship_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_relationship_type
    ADD CONSTRAINT kernel_relationship_type_key_key UNIQUE (key);

ALTER TABLE ONLY public.kernel_relationship_type
    ADD CONSTRAINT kernel_relationship_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_run
    ADD CONSTRAINT kernel_run_change_set_id_key UNIQUE (change_set_id);

ALTER TABLE ONLY public.kernel_run
    ADD CONSTRAINT kernel_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_schema
    ADD CONSTRAINT kernel_schema_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT kernel_share_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_snooze
    ADD CONSTRAINT kernel_snooze_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_timeline
    ADD CONSTRAINT kernel_timeline_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_trash_rule
    ADD CONSTRAINT kernel_trash_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_value_mark
    ADD CONSTRAINT kernel_value_mark_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_view
    ADD CONSTRAINT kernel_view_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_view_teams
    ADD CONSTRAINT kernel_view_teams_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_view_teams
    ADD CONSTRAINT kernel_view_teams_view_id_team_id_8701e8b7_uniq UNIQUE (view_id, team_id);

ALTER TABLE ONLY public.kernel_view_users
    ADD CONSTRAINT kernel_view_users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.kernel_view_users
    ADD CONSTRAINT kernel_view_users_view_id_user_id_16ef2130_uniq UNIQUE (view_id, user_id);

ALTER TABLE ONLY public.kernel_word
    ADD CONSTRAINT kernel_word_pkey PRIMARY KEY (word);

ALTER TABLE ONLY public.parties_contactpoint
    ADD CONSTRAINT parties_contactpoint_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_fieldneed
    ADD CONSTRAINT parties_fieldneed_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_lifecycle
    ADD CONSTRAINT parties_lifecycle_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_lifecyclerule
    ADD CONSTRAINT parties_lifecyclerule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_party
    ADD CONSTRAINT parties_party_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_partyaddress
    ADD CONSTRAINT parties_partyaddress_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_qualityfigures
    ADD CONSTRAINT parties_qualityfigures_pkey PRIMARY KEY (type);

ALTER TABLE ONLY public.parties_rulewait
    ADD CONSTRAINT parties_rulewait_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_stageperiod
    ADD CONSTRAINT parties_stageperiod_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parties_stagepin
    ADD CONSTRAINT parties_stagepin_pkey PRIMARY KEY (party_id);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.runtime_jobfailure
    ADD CONSTRAINT runtime_jobfailure_pkey PRIMARY KEY (job);

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sales_lossreason
    ADD CONSTRAINT sales_lossreason_name_key UNIQUE (name);

ALTER TABLE ONLY public.sales_lossreason
    ADD CONSTRAINT sales_lossreason_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sales_pipeline
    ADD CONSTRAINT sales_pipeline_name_key UNIQUE (name);

ALTER TABLE ONLY public.sales_pipeline
    ADD CONSTRAINT sales_pipeline_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sales_stage
    ADD CONSTRAINT sales_stage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sales_stagemove
    ADD CONSTRAINT sales_stagemove_pkey PRIMARY KEY (id);

CREATE UNIQUE INDEX a_record_takes_part_once ON public.activities_participant USING btree (activity_id, record_id) WHERE (record_id IS NOT NULL);

CREATE UNIQUE INDEX a_user_has_one_authenticator_app ON public.accounts_authenticator USING btree (user_id) WHERE ((kind)::text = 'app'::text);

CREATE UNIQUE INDEX a_user_takes_part_once ON public.activities_participant USING btree (activity_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX accounts_attempt_ends_at_15d4aad7 ON public.accounts_attempt USING btree (ends_at);

CREATE INDEX accounts_attempt_key_b28e54a7_like ON public.accounts_attempt USING btree (key varchar_pattern_ops);

CREATE INDEX accounts_authenticator_user_id_2f362b65 ON public.accounts_authenticator USING btree (user_id);

CREATE INDEX accounts_identity_provider_id_558f5019 ON public.accounts_identity USING btree (provider_id);

CREATE INDEX accounts_identity_user_id_f7ddf146 ON public.accounts_identity USING btree (user_id);

CREATE INDEX accounts_invitation_invited_by_id_94a21efc ON public.accounts_invitation USING btree (invited_by_id);

CREATE INDEX accounts_invitation_roles_invitation_id_4acc46bb ON public.accounts_invitation_roles USING btree (invitation_id);

CREATE INDEX accounts_invitation_roles_role_id_d6e2df8a ON public.accounts_invitation_roles USING btree (role_id);

CREATE INDEX accounts_invitation_team_id_a42a47a0 ON public.accounts_invitation USING btree (team_id);

CREATE INDEX accounts_letter_due ON public.accounts_letter USING btree (due_at) WHERE (state = ANY (ARRAY['waiting'::text, 'handed'::text]));

CREATE INDEX accounts_letter_key_e155f184_like ON public.accounts_letter USING btree (key text_pattern_ops);

CREATE INDEX accounts_letter_user_id_234da0a7 ON public.accounts_letter USING btree (user_id);

CREATE INDEX accounts_provider_role_id_df127dd5 ON public.accounts_provider USING btree (role_id);

CREATE INDEX accounts_recoverycode_user_id_994761d3 ON public.accounts_recoverycode USING btree (user_id);

CREATE INDEX accounts_rightsentry_by_id_4f6dc2f2 ON public.accounts_rightsentry USING btree (by_id);

CREATE INDEX accounts_role_key_82a0f15e_like ON public.accounts_role USING btree (key varchar_pattern_ops);

CREATE INDEX accounts_session_expire_date_5bbfba7c ON public.accounts_session USING btree (expire_date);

CREATE INDEX accounts_session_of_user ON public.accounts_session USING btree (user_id, seen_at DESC);

CREATE INDEX accounts_session_session_key_b186966f_like ON public.accounts_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX accounts_session_user_id_d5aaed01 ON public.accounts_session USING btree (user_id);

CREATE INDEX accounts_signin_of_user ON public.accounts_signinentry USING btree (user_id, id DESC);

CREATE INDEX accounts_signinentry_at_37fad856 ON public.accounts_signinentry USING btree (at);

CREATE INDEX accounts_signinentry_by_id_c6574ba4 ON public.accounts_signinentry USING btree (by_id);

CREATE INDEX accounts_signinentry_user_id_b9e5dfca ON public.accounts_signinentry USING btree (user_id);

CREATE INDEX accounts_team_name_52f5137c_like ON public.accounts_team USING btree (name varchar_pattern_ops);

CREATE INDEX accounts_team_parent_id_6c6f6e1c ON public.accounts_team USING btree (parent_id);

CREATE INDEX accounts_territory_name_c490b34b_like ON public.accounts_territory USING btree (name varchar_pattern_ops);

CREATE INDEX accounts_territory_parent_id_c741c2d3 ON public.accounts_territory USING btree (parent_id);

CREATE INDEX accounts_territory_teams_team_id_e5b11a73 ON public.accounts_territory_teams USING btree (team_id);

CREATE INDEX accounts_territory_teams_territory_id_58beac34 ON public.accounts_territory_teams USING btree (territory_id);

CREATE INDEX accounts_territory_users_territory_id_9b1f857a ON public.accounts_territory_users USING btree (territory_id);

CREATE INDEX accounts_territory_users_user_id_85205502 ON public.accounts_territory_users USING btree (user_id);

CREATE INDEX accounts_user_email_b2644a56_like ON public.accounts_user USING btree (email varchar_pattern_ops);

CREATE INDEX accounts_user_roles_role_id_3be0e909 ON public.accounts_user_roles USING btree (role_id);

CREATE INDEX accounts_user_roles_user_id_5c537963 ON public.accounts_user_roles USING btree (user_id);

CREATE INDEX accounts_user_team_id_27b7f1fa ON public.accounts_user USING btree (team_id);

CREATE INDEX activities_calendaritem_account_id_6b4636b8 ON public.activities_calendaritem USING btree (account_id);

CREATE INDEX activities_calendaritem_activity_id_72293642 ON public.activities_calendaritem USING btree (activity_id);

CREATE INDEX activities_feed_digest_9f074013_like ON public.activities_feed USING btree (digest varchar_pattern_ops);

CREATE INDEX activities_item_uid ON public.activities_calendaritem USING btree (account_id, uid);

CREATE INDEX activities_next_step_activity_id_c5053d90 ON public.activities_next_step USING btree (activity_id);

CREATE INDEX activities_next_step_soonest ON public.activities_next_step USING btree (record_id, due_at, activity_id);

CREATE INDEX activities_participant_activity_id_f80f15d8 ON public.activities_participant USING btree (activity_id);

CREATE INDEX activities_participant_record_id_44d6cbda ON public.activities_participant USING btree (record_id);

CREATE INDEX activities_participant_user_id_03930c3e ON public.activities_participant USING btree (user_id);

CREATE INDEX activities_reminder_activity_id_af3ea697 ON public.activities_reminder USING btree (activity_id);

CREATE INDEX activities_reminder_snoozed ON public.activities_reminder USING btree (snoozed_until) WHERE (snoozed_until IS NOT NULL);

CREATE INDEX activities_reminder_user_id_7d3300dc ON public.activities_reminder USING btree (user_id);

CREATE INDEX activities_series_owner_id_80d63b7b ON public.activities_series USING btree (owner_id);

CREATE INDEX activities_series_uid ON public.activities_series USING btree (owner_id, uid);

CREATE INDEX activity_done_owner ON public.activities_activity USING btree (owner_id, done_at DESC, id) WHERE ((deleted_at IS NULL) AND (done_at IS NOT NULL));

CREATE INDEX activity_newest ON public.activities_activity USING btree (at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX activity_of_series ON public.activities_activity USING btree (series_id, occurs_at) WHERE (series_id IS NOT NULL);

CREATE INDEX activity_open_due ON public.activities_activity USING btree (due_at, id) WHERE ((deleted_at IS NULL) AND (done_at IS NULL) AND (due_at IS NOT NULL));

CREATE INDEX activity_open_owner ON public.activities_activity USING btree (owner_id, due_at, id) WHERE ((deleted_at IS NULL) AND (done_at IS NULL));

CREATE INDEX activity_open_undated ON public.activities_activity USING btree (owner_id, id DESC) WHERE ((deleted_at IS NULL) AND (done_at IS NULL) AND (due_at IS NULL));

CREATE UNIQUE INDEX an_email_is_invited_once ON public.accounts_invitation USING btree (lower((email)::text));

CREATE UNIQUE INDEX an_email_signs_in_one_user ON public.accounts_user USING btree (lower((email)::text));

CREATE INDEX api_answer_at_18572a78 ON public.api_answer USING btree (at);

CREATE INDEX api_answer_token_id_5149ea3f ON public.api_answer USING btree (token_id);

CREATE INDEX api_delivery_newest ON public.api_delivery USING btree (subscription_id, at DESC);

CREATE INDEX api_delivery_subscription_id_76131ee8 ON public.api_delivery USING btree (subscription_id);

CREATE INDEX api_proposal_of_token ON public.api_proposal USING btree (token_id, at DESC);

CREATE INDEX api_proposal_open ON public.api_proposal USING btree (at) WHERE (state = 'open'::text);

CREATE INDEX api_proposal_token_id_db367079 ON public.api_proposal USING btree (token_id);

CREATE INDEX api_subscription_user_id_5baadde4 ON public.api_subscription USING btree (user_id);

CREATE INDEX api_token_digest_0ef4c99d_like ON public.api_token USING btree (digest varchar_pattern_ops);

CREATE INDEX api_token_user_id_b646d2e7 ON public.api_token USING btree (user_id);

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

CREATE INDEX deal_closed ON public.sales_deal USING btree (pipeline_id, outcome, closed_on) WHERE ((NOT (outcome = 'open'::text)) AND (deleted_at IS NULL));

CREATE INDEX deal_of_organization ON public.sales_deal USING btree (organization_id, created_at DESC);

CREATE INDEX deal_of_person ON public.sales_deal USING btree (person_id, created_at DESC);

CREATE INDEX deal_on_board ON public.sales_deal USING btree (stage_id, "position", id) WHERE ((deleted_at IS NULL) AND (outcome = 'open'::text));

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX kernel_awaited_link_line ON public.kernel_awaited_link USING btree (source_id, phase, line);

CREATE INDEX kernel_change_of_record ON ONLY public.kernel_change USING btree (record_id, at DESC, id DESC);

CREATE INDEX kernel_change_of_set_record ON ONLY public.kernel_change USING btree (change_set_id, record_id);

CREATE INDEX kernel_change_other_change_set_id_record_id_idx ON public.kernel_change_other USING btree (change_set_id, record_id);

CREATE INDEX kernel_change_other_record_id_at_id_idx ON public.kernel_change_other USING btree (record_id, at DESC, id DESC);

CREATE INDEX kernel_change_tail ON ONLY public.kernel_change USING brin (transaction);

CREATE INDEX kernel_change_other_transaction_idx ON public.kernel_change_other USING brin (transaction);

CREATE INDEX kernel_change_set_actor ON public.kernel_change_set USING btree (actor_id, at DESC, id DESC) WHERE (NOT (types = '{}'::text[]));

CREATE INDEX kernel_change_set_actor_id_e6f14167 ON public.kernel_change_set USING btree (actor_id);

CREATE INDEX kernel_change_set_at ON public.kernel_change_set USING btree (at DESC);

CREATE INDEX kernel_change_set_cause ON public.kernel_change_set USING btree (cause, at DESC, id DESC) WHERE (NOT (types = '{}'::text[]));

CREATE INDEX kernel_change_set_newest ON public.kernel_change_set USING btree (at DESC, id DESC) WHERE (NOT (types = '{}'::text[]));

CREATE INDEX kernel_change_set_reverts_id_5cef3f72 ON public.kernel_change_set USING btree (reverts_id);

CREATE INDEX kernel_change_set_types ON public.kernel_change_set USING gin (types);

CREATE INDEX kernel_comment_author_id_02a5bbed ON public.kernel_comment USING btree (author_id);

CREATE INDEX kernel_comment_record_id_3951c740 ON public.kernel_comment USING btree (record_id);

CREATE INDEX kernel_comment_thread_id_c0d9d256 ON public.kernel_comment USING btree (thread_id);

CREATE INDEX kernel_cursor_name_7f539b34_like ON public.kernel_cursor USING btree (name text_pattern_ops);

CREATE INDEX kernel_custom_type_key_257ae91b_like ON public.kernel_custom_type USING btree (key text_pattern_ops);

CREATE INDEX kernel_disagreement_open ON public.kernel_disagreement USING btree (type, at DESC) WHERE (state = 'open'::text);

CREATE INDEX kernel_disagreement_record ON public.kernel_disagreement USING btree (record_id);

CREATE INDEX kernel_duplicate_decided_by_id_072f512b ON public.kernel_duplicate USING btree (decided_by_id);

CREATE INDEX kernel_duplicate_open ON public.kernel_duplicate USING btree (type, points DESC, id) WHERE (state = 'open'::text);

CREATE INDEX kernel_duplicate_second_id_fb9ec997 ON public.kernel_duplicate USING btree (second_id);

CREATE INDEX kernel_external_key_record_id_a759015a ON public.kernel_external_key USING btree (record_id);

CREATE INDEX kernel_file_record_id_a19b4e83 ON public.kernel_file USING btree (record_id);

CREATE INDEX kernel_file_uploaded_by_id_a26e995a ON public.kernel_file USING btree (uploaded_by_id);

CREATE INDEX kernel_fingerprint_keys ON public.kernel_fingerprint USING gin (keys);

CREATE INDEX kernel_fingerprint_loose ON public.kernel_fingerprint USING gin (loose);

CREATE INDEX kernel_follower_user_id_7ca68c91 ON public.kernel_follower USING btree (user_id);

CREATE INDEX kernel_import_alike_surest ON public.kernel_import_alike USING btree (source_id, verdict, points DESC, line);

CREATE INDEX kernel_import_change_set_id_fdc136f2 ON public.kernel_import USING btree (change_set_id);

CREATE INDEX kernel_import_created_by_id_383aa267 ON public.kernel_import USING btree (created_by_id);

CREATE INDEX kernel_import_of_user ON public.kernel_import USING btree (created_by_id, created_at DESC);

CREATE INDEX kernel_import_row_line ON public.kernel_import_row USING btree (source_id, phase, line);

CREATE INDEX kernel_import_template_created_by_id_dc3ca2cf ON public.kernel_import_template USING btree (created_by_id);

CREATE INDEX kernel_merge_survivor_id_eeb4ef4d ON public.kernel_merge USING btree (survivor_id);

CREATE INDEX kernel_merged_record_into_id_40db6b7a ON public.kernel_merged_record USING btree (into_id);

CREATE INDEX kernel_merged_record_merge_id_6bbeafe9 ON public.kernel_merged_record USING btree (merge_id);

CREATE INDEX kernel_moved_link_merge_id_75c66a6d ON public.kernel_moved_link USING btree (merge_id);

CREATE INDEX kernel_news_order ON public.kernel_news USING btree (transaction, id);

CREATE INDEX kernel_notification_by_id_c9f2d4bb ON public.kernel_notification USING btree (by_id);

CREATE INDEX kernel_notification_choice_user_id_2e78785a ON public.kernel_notification_choice USING btree (user_id);

CREATE INDEX kernel_notification_mails ON public.kernel_notification USING btree (mail_due_at) WHERE (mail_due_at IS NOT NULL);

CREATE INDEX kernel_notification_newest ON public.kernel_notification USING btree (user_id, at DESC, id DESC);

CREATE INDEX kernel_notification_record_id_d608e7f0 ON public.kernel_notification USING btree (record_id);

CREATE INDEX kernel_notification_unread ON public.kernel_notification USING btree (user_id) WHERE (in_page AND (read_at IS NULL));

CREATE INDEX kernel_pin_record_id_f4892293 ON public.kernel_pin USING btree (record_id);

CREATE INDEX kernel_pin_view_id_a694c314 ON public.kernel_pin USING btree (view_id);

CREATE INDEX kernel_presence_record_id_60739353 ON public.kernel_presence USING btree (record_id);

CREATE INDEX kernel_presence_user_id_fa4eadad ON public.kernel_presence USING btree (user_id);

CREATE INDEX kernel_record_lexemes ON public.kernel_record USING gin (lexemes);

CREATE INDEX kernel_record_owner_rank ON public.kernel_record USING btree (owner_id, rank_at DESC);

CREATE INDEX kernel_record_rank ON public.kernel_record USING btree (rank_at DESC);

CREATE INDEX kernel_record_trash ON public.kernel_record USING btree (deleted_at DESC, id DESC) WHERE (deleted_at IS NOT NULL);

CREATE INDEX kernel_relationship_in ON public.kernel_relationship USING btree (target_id, type_id);

CREATE INDEX kernel_relationship_out ON public.kernel_relationship USING btree (source_id, type_id);

CREATE INDEX kernel_relationship_type_key_85a5ffd7_like ON public.kernel_relationship_type USING btree (key varchar_pattern_ops);

CREATE INDEX kernel_run_by_id_50a73a40 ON public.kernel_run USING btree (by_id);

CREATE INDEX kernel_share_by_id_885f3c15 ON public.kernel_share USING btree (by_id);

CREATE INDEX kernel_share_team_id_5e76ee1d ON public.kernel_share USING btree (team_id);

CREATE INDEX kernel_share_user_id_40c8d86e ON public.kernel_share USING btree (user_id);

CREATE INDEX kernel_timeline_item ON public.kernel_timeline USING btree (item_id);

CREATE INDEX kernel_timeline_newest ON public.kernel_timeline USING btree (record_id, at DESC, id DESC);

CREATE INDEX kernel_timeline_newest_of_kind ON public.kernel_timeline USING btree (record_id, kind, at DESC, id DESC);

CREATE INDEX kernel_value_mark_kind ON public.kernel_value_mark USING btree (kind, field, at DESC);

CREATE INDEX kernel_view_of_owner ON public.kernel_view USING btree (type, owner_id);

CREATE INDEX kernel_view_owner_id_ab8ca1c0 ON public.kernel_view USING btree (owner_id);

CREATE INDEX kernel_view_teams_team_id_10cebdbb ON public.kernel_view_teams USING btree (team_id);

CREATE INDEX kernel_view_teams_view_id_867f1c99 ON public.kernel_view_teams USING btree (view_id);

CREATE INDEX kernel_view_users_user_id_0c6ea139 ON public.kernel_view_users USING btree (user_id);

CREATE INDEX kernel_view_users_view_id_1722e0e6 ON public.kernel_view_users USING btree (view_id);

CREATE INDEX kernel_word_similar ON public.kernel_word USING gin (word public.gin_trgm_ops);

CREATE INDEX kernel_word_word_fa9d832e_like ON public.kernel_word USING btree (word text_pattern_ops);

CREATE UNIQUE INDEX one_open_disagreement_for_a_value ON public.kernel_disagreement USING btree (record_id, field) WHERE (state = 'open'::text);

CREATE INDEX parties_contact_last_8 ON public.parties_contactpoint USING btree ("right"(normalized, 8)) WHERE (kind = ANY (ARRAY['phone'::text, 'mobile'::text, 'fax'::text]));

CREATE INDEX parties_contact_normalized ON public.parties_contactpoint USING btree (normalized);

CREATE INDEX parties_contact_of_party ON public.parties_contactpoint USING btree (party_id, kind);

CREATE INDEX parties_party_organization_id_2b05cb61 ON public.parties_party USING btree (organization_id);

CREATE INDEX parties_partyaddress_party_id_a6d5d851 ON public.parties_partyaddress USING btree (party_id);

CREATE INDEX parties_qualityfigures_type_9dcb4cc7_like ON public.parties_qualityfigures USING btree (type text_pattern_ops);

CREATE INDEX parties_rulewait_party_id_99c53f6e ON public.parties_rulewait USING btree (party_id);

CREATE INDEX parties_stage_until ON public.parties_stageperiod USING btree (until, stage);

CREATE INDEX parties_stageperiod_party_id_8ab51bab ON public.parties_stageperiod USING btree (party_id);

CREATE INDEX party_anniversaries ON public.parties_party USING btree (owner_id, (((EXTRACT(month FROM stage_since) * (100)::numeric) + EXTRACT(day FROM stage_since)))) WHERE ((deleted_at IS NULL) AND (stage = ANY (ARRAY['customer'::text, 'valued'::text, 'won_back'::text])));

CREATE INDEX party_birthdays ON public.parties_party USING btree (owner_id, (((EXTRACT(month FROM birthday) * (100)::numeric) + EXTRACT(day FROM birthday)))) WHERE ((birthday IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX party_customers_spoken_with ON public.parties_party USING btree (owner_id, last_contact_at) WHERE ((deleted_at IS NULL) AND (stage = ANY (ARRAY['customer'::text, 'valued'::text, 'won_back'::text, 'at_risk'::text])));

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);

CREATE INDEX sales_deal_loss_reason_id_98add0bb ON public.sales_deal USING btree (loss_reason_id);

CREATE INDEX sales_deal_organization_id_045794fe ON public.sales_deal USING btree (organization_id);

CREATE INDEX sales_deal_person_id_ce3d0a3f ON public.sales_deal USING btree (person_id);

CREATE INDEX sales_deal_pipeline_id_66659db6 ON public.sales_deal USING btree (pipeline_id);

CREATE INDEX sales_deal_stage_id_3f0ff4a2 ON public.sales_deal USING btree (stage_id);

CREATE INDEX sales_lossreason_name_fb4deccc_like ON public.sales_lossreason USING btree (name varchar_pattern_ops);

CREATE INDEX sales_pipeline_name_4b862035_like ON public.sales_pipeline USING btree (name varchar_pattern_ops);

CREATE INDEX sales_stage_pipeline_id_c82fa50a ON public.sales_stage USING btree (pipeline_id);

CREATE INDEX sales_stagemove_deal_id_60b77c1a ON public.sales_stagemove USING btree (deal_id);

CREATE INDEX sales_stagemove_from_stage_id_22056465 ON public.sales_stagemove USING btree (from_stage_id);

CREATE INDEX sales_stagemove_to_stage_id_22bae64b ON public.sales_stagemove USING btree (to_stage_id);

ALTER INDEX public.kernel_change_of_set_record ATTACH PARTITION public.kernel_change_other_change_set_id_record_id_idx;

ALTER INDEX public.kernel_change_pkey ATTACH PARTITION public.kernel_change_other_pkey;

ALTER INDEX public.kernel_change_of_record ATTACH PARTITION public.kernel_change_other_record_id_at_id_idx;

ALTER INDEX public.kernel_change_tail ATTACH PARTITION public.kernel_change_other_transaction_idx;

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();

ALTER TABLE ONLY public.accounts_authenticator
    ADD CONSTRAINT accounts_authenticator_user_id_2f362b65_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_identity
    ADD CONSTRAINT accounts_identity_provider_id_558f5019_fk_accounts_provider_id FOREIGN KEY (provider_id) REFERENCES public.accounts_provider(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_identity
    ADD CONSTRAINT accounts_identity_user_id_f7ddf146_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_invitation_roles
    ADD CONSTRAINT accounts_invitation__invitation_id_4acc46bb_fk_accounts_ FOREIGN KEY (invitation_id) REFERENCES public.accounts_invitation(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_invited_by_id_94a21efc_fk_accounts_user_id FOREIGN KEY (invited_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_invitation_roles
    ADD CONSTRAINT accounts_invitation_roles_role_id_d6e2df8a_fk_accounts_role_id FOREIGN KEY (role_id) REFERENCES public.accounts_role(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_team_id_a42a47a0_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_letter
    ADD CONSTRAINT accounts_letter_user_id_234da0a7_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_provider
    ADD CONSTRAINT accounts_provider_role_id_df127dd5_fk_accounts_role_id FOREIGN KEY (role_id) REFERENCES public.accounts_role(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_recoverycode
    ADD CONSTRAINT accounts_recoverycode_user_id_994761d3_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_rightsentry
    ADD CONSTRAINT accounts_rightsentry_by_id_4f6dc2f2_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_signinentry
    ADD CONSTRAINT accounts_signinentry_by_id_c6574ba4_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_signinentry
    ADD CONSTRAINT accounts_signinentry_user_id_b9e5dfca_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_team
    ADD CONSTRAINT accounts_team_parent_id_6c6f6e1c_fk_accounts_team_id FOREIGN KEY (parent_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_territory
    ADD CONSTRAINT accounts_territory_parent_id_c741c2d3_fk_accounts_territory_id FOREIGN KEY (parent_id) REFERENCES public.accounts_territory(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_territory_teams
    ADD CONSTRAINT accounts_territory_t_territory_id_58beac34_fk_accounts_ FOREIGN KEY (territory_id) REFERENCES public.accounts_territory(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_territory_teams
    ADD CONSTRAINT accounts_territory_teams_team_id_e5b11a73_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_territory_users
    ADD CONSTRAINT accounts_territory_u_territory_id_9b1f857a_fk_accounts_ FOREIGN KEY (territory_id) REFERENCES public.accounts_territory(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_territory_users
    ADD CONSTRAINT accounts_territory_users_user_id_85205502_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_user_roles
    ADD CONSTRAINT accounts_user_roles_role_id_3be0e909_fk_accounts_role_id FOREIGN KEY (role_id) REFERENCES public.accounts_role(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_user_roles
    ADD CONSTRAINT accounts_user_roles_user_id_5c537963_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_team_id_27b7f1fa_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_activity
    ADD CONSTRAINT activities_activity_owner_id_44d8a0b4_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_activity
    ADD CONSTRAINT activities_activity_series_id_e23339ff_fk_activities_series_id FOREIGN KEY (series_id) REFERENCES public.activities_series(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_activity
    ADD CONSTRAINT activities_activity_team_id_03b73f2c_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_calendaraccount
    ADD CONSTRAINT activities_calendaraccount_user_id_4809c48a_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_calendaritem
    ADD CONSTRAINT activities_calendari_account_id_6b4636b8_fk_activitie FOREIGN KEY (account_id) REFERENCES public.activities_calendaraccount(user_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_calendaritem
    ADD CONSTRAINT activities_calendari_activity_id_72293642_fk_activitie FOREIGN KEY (activity_id) REFERENCES public.activities_activity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_feed
    ADD CONSTRAINT activities_feed_user_id_b3e4bccf_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_next_step
    ADD CONSTRAINT activities_next_step_activity_id_c5053d90_fk_activitie FOREIGN KEY (activity_id) REFERENCES public.activities_activity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_next_step
    ADD CONSTRAINT activities_next_step_record_id_4c84294a_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_participant
    ADD CONSTRAINT activities_participa_activity_id_f80f15d8_fk_activitie FOREIGN KEY (activity_id) REFERENCES public.activities_activity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_participant
    ADD CONSTRAINT activities_participant_record_id_44d6cbda_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_participant
    ADD CONSTRAINT activities_participant_user_id_03930c3e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_reminder
    ADD CONSTRAINT activities_reminder_activity_id_af3ea697_fk_activitie FOREIGN KEY (activity_id) REFERENCES public.activities_activity(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_reminder
    ADD CONSTRAINT activities_reminder_user_id_7d3300dc_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_reminderchoice
    ADD CONSTRAINT activities_reminderchoice_user_id_02e33f02_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.activities_series
    ADD CONSTRAINT activities_series_owner_id_80d63b7b_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.api_answer
    ADD CONSTRAINT api_answer_token_id_5149ea3f_fk_api_token_id FOREIGN KEY (token_id) REFERENCES public.api_token(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.api_delivery
    ADD CONSTRAINT api_delivery_subscription_id_76131ee8_fk_api_subscription_id FOREIGN KEY (subscription_id) REFERENCES public.api_subscription(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.api_proposal
    ADD CONSTRAINT api_proposal_change_set_id_82b1df02_fk_kernel_change_set_id FOREIGN KEY (change_set_id) REFERENCES public.kernel_change_set(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.api_proposal
    ADD CONSTRAINT api_proposal_token_id_db367079_fk_api_token_id FOREIGN KEY (token_id) REFERENCES public.api_token(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.api_subscription
    ADD CONSTRAINT api_subscription_user_id_5baadde4_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_user_id_b646d2e7_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_awaited_link
    ADD CONSTRAINT kernel_awaited_link_source_id_45a54ca8_fk_kernel_import_id FOREIGN KEY (source_id) REFERENCES public.kernel_import(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_change_set
    ADD CONSTRAINT kernel_change_set_actor_id_e6f14167_fk_accounts_user_id FOREIGN KEY (actor_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_change_set
    ADD CONSTRAINT kernel_change_set_reverts_id_5cef3f72_fk_kernel_change_set_id FOREIGN KEY (reverts_id) REFERENCES public.kernel_change_set(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_comment
    ADD CONSTRAINT kernel_comment_author_id_02a5bbed_fk_accounts_user_id FOREIGN KEY (author_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_comment
    ADD CONSTRAINT kernel_comment_record_id_3951c740_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_comment
    ADD CONSTRAINT kernel_comment_thread_id_c0d9d256_fk_kernel_comment_id FOREIGN KEY (thread_id) REFERENCES public.kernel_comment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_digest_choice
    ADD CONSTRAINT kernel_digest_choice_user_id_6157d5ed_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_disagreement
    ADD CONSTRAINT kernel_disagreement_decided_by_id_ebcaa459_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_disagreement
    ADD CONSTRAINT kernel_disagreement_record_id_6b9a39f8_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_duplicate
    ADD CONSTRAINT kernel_duplicate_decided_by_id_072f512b_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_duplicate
    ADD CONSTRAINT kernel_duplicate_first_id_6f6bac78_fk_kernel_record_id FOREIGN KEY (first_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_duplicate
    ADD CONSTRAINT kernel_duplicate_second_id_fb9ec997_fk_kernel_record_id FOREIGN KEY (second_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_external_key
    ADD CONSTRAINT kernel_external_key_record_id_a759015a_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_file
    ADD CONSTRAINT kernel_file_record_id_a19b4e83_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_file
    ADD CONSTRAINT kernel_file_uploaded_by_id_a26e995a_fk_accounts_user_id FOREIGN KEY (uploaded_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_fingerprint
    ADD CONSTRAINT kernel_fingerprint_record_id_05b3985d_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_follower
    ADD CONSTRAINT kernel_follower_record_id_5f6d1291_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_follower
    ADD CONSTRAINT kernel_follower_user_id_7ca68c91_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_import_alike
    ADD CONSTRAINT kernel_import_alike_source_id_8c8dda8a_fk_kernel_import_id FOREIGN KEY (source_id) REFERENCES public.kernel_import(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_import
    ADD CONSTRAINT kernel_import_change_set_id_fdc136f2_fk_kernel_change_set_id FOREIGN KEY (change_set_id) REFERENCES public.kernel_change_set(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_import
    ADD CONSTRAINT kernel_import_created_by_id_383aa267_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_import_mended
    ADD CONSTRAINT kernel_import_mended_source_id_a85745ba_fk_kernel_import_id FOREIGN KEY (source_id) REFERENCES public.kernel_import(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_import_row
    ADD CONSTRAINT kernel_import_row_source_id_82b8c432_fk_kernel_import_id FOREIGN KEY (source_id) REFERENCES public.kernel_import(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_import_template
    ADD CONSTRAINT kernel_import_templa_created_by_id_dc3ca2cf_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_merge
    ADD CONSTRAINT kernel_merge_change_set_id_62ee80e1_fk_kernel_change_set_id FOREIGN KEY (change_set_id) REFERENCES public.kernel_change_set(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_merge
    ADD CONSTRAINT kernel_merge_survivor_id_eeb4ef4d_fk_kernel_record_id FOREIGN KEY (survivor_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_merged_record
    ADD CONSTRAINT kernel_merged_record_into_id_40db6b7a_fk_kernel_record_id FOREIGN KEY (into_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_merged_record
    ADD CONSTRAINT kernel_merged_record_merge_id_6bbeafe9_fk_kernel_merge_id FOREIGN KEY (merge_id) REFERENCES public.kernel_merge(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_merged_record
    ADD CONSTRAINT kernel_merged_record_record_id_5ee4a908_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_moved_link
    ADD CONSTRAINT kernel_moved_link_merge_id_75c66a6d_fk_kernel_merge_id FOREIGN KEY (merge_id) REFERENCES public.kernel_merge(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_notification
    ADD CONSTRAINT kernel_notification_by_id_c9f2d4bb_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_notification_choice
    ADD CONSTRAINT kernel_notification_choice_user_id_2e78785a_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_notification
    ADD CONSTRAINT kernel_notification_record_id_d608e7f0_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_notification
    ADD CONSTRAINT kernel_notification_user_id_bf9451ba_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_pin
    ADD CONSTRAINT kernel_pin_record_id_f4892293_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_pin
    ADD CONSTRAINT kernel_pin_user_id_da3c9529_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_pin
    ADD CONSTRAINT kernel_pin_view_id_a694c314_fk_kernel_view_id FOREIGN KEY (view_id) REFERENCES public.kernel_view(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_presence
    ADD CONSTRAINT kernel_presence_user_id_fa4eadad_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_relationship
    ADD CONSTRAINT kernel_relationship_source_id_c5678156_fk_kernel_record_id FOREIGN KEY (source_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_relationship
    ADD CONSTRAINT kernel_relationship_target_id_d0962937_fk_kernel_record_id FOREIGN KEY (target_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_relationship
    ADD CONSTRAINT kernel_relationship_type_id_d8e809b6_fk_kernel_re FOREIGN KEY (type_id) REFERENCES public.kernel_relationship_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_run
    ADD CONSTRAINT kernel_run_by_id_50a73a40_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_run
    ADD CONSTRAINT kernel_run_change_set_id_d7652189_fk_kernel_change_set_id FOREIGN KEY (change_set_id) REFERENCES public.kernel_change_set(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT kernel_share_by_id_885f3c15_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT kernel_share_record FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT kernel_share_record_id_5fcdfdf0_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT kernel_share_team_id_5e76ee1d_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_share
    ADD CONSTRAINT kernel_share_user_id_40c8d86e_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_snooze
    ADD CONSTRAINT kernel_snooze_user_id_b3d585d6_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_timeline
    ADD CONSTRAINT kernel_timeline_record_id_b176bfdf_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_value_mark
    ADD CONSTRAINT kernel_value_mark_by_id_5be2922d_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_value_mark
    ADD CONSTRAINT kernel_value_mark_record_id_30f6d388_fk_kernel_record_id FOREIGN KEY (record_id) REFERENCES public.kernel_record(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_view
    ADD CONSTRAINT kernel_view_owner_id_ab8ca1c0_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_view_teams
    ADD CONSTRAINT kernel_view_teams_team_id_10cebdbb_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_view_teams
    ADD CONSTRAINT kernel_view_teams_view_id_867f1c99_fk_kernel_view_id FOREIGN KEY (view_id) REFERENCES public.kernel_view(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_view_users
    ADD CONSTRAINT kernel_view_users_user_id_0c6ea139_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.kernel_view_users
    ADD CONSTRAINT kernel_view_users_view_id_1722e0e6_fk_kernel_view_id FOREIGN KEY (view_id) REFERENCES public.kernel_view(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_contactpoint
    ADD CONSTRAINT parties_contactpoint_party_id_484e083f_fk_parties_party_id FOREIGN KEY (party_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_lifecyclerule
    ADD CONSTRAINT parties_lifecyclerul_changed_by_id_d7ee0b0a_fk_accounts_ FOREIGN KEY (changed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_party
    ADD CONSTRAINT parties_party_organization_id_2b05cb61_fk_parties_party_id FOREIGN KEY (organization_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_party
    ADD CONSTRAINT parties_party_owner_id_11527059_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_party
    ADD CONSTRAINT parties_party_picture_id_70f024c5_fk_kernel_file_id FOREIGN KEY (picture_id) REFERENCES public.kernel_file(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_party
    ADD CONSTRAINT parties_party_team_id_b0a1b461_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_partyaddress
    ADD CONSTRAINT parties_partyaddress_party_id_a6d5d851_fk_parties_party_id FOREIGN KEY (party_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_rulewait
    ADD CONSTRAINT parties_rulewait_party_id_99c53f6e_fk_parties_party_id FOREIGN KEY (party_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_rulewait
    ADD CONSTRAINT parties_rulewait_rule_id_a961e0bd_fk_parties_lifecyclerule_id FOREIGN KEY (rule_id) REFERENCES public.parties_lifecyclerule(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_stageperiod
    ADD CONSTRAINT parties_stageperiod_party_id_8ab51bab_fk_parties_party_id FOREIGN KEY (party_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.parties_stagepin
    ADD CONSTRAINT parties_stagepin_party_id_db9e28e0_fk_parties_party_id FOREIGN KEY (party_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_loss_reason_id_98add0bb_fk_sales_lossreason_id FOREIGN KEY (loss_reason_id) REFERENCES public.sales_lossreason(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_organization_id_045794fe_fk_parties_party_id FOREIGN KEY (organization_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_owner_id_8cbcac62_fk_accounts_user_id FOREIGN KEY (owner_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_person_id_ce3d0a3f_fk_parties_party_id FOREIGN KEY (person_id) REFERENCES public.parties_party(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_pipeline_id_66659db6_fk_sales_pipeline_id FOREIGN KEY (pipeline_id) REFERENCES public.sales_pipeline(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_stage_id_3f0ff4a2_fk_sales_stage_id FOREIGN KEY (stage_id) REFERENCES public.sales_stage(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_deal
    ADD CONSTRAINT sales_deal_team_id_4b5dbed5_fk_accounts_team_id FOREIGN KEY (team_id) REFERENCES public.accounts_team(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_stage
    ADD CONSTRAINT sales_stage_pipeline_id_c82fa50a_fk_sales_pipeline_id FOREIGN KEY (pipeline_id) REFERENCES public.sales_pipeline(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_stagemove
    ADD CONSTRAINT sales_stagemove_deal_id_60b77c1a_fk_sales_deal_id FOREIGN KEY (deal_id) REFERENCES public.sales_deal(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_stagemove
    ADD CONSTRAINT sales_stagemove_from_stage_id_22056465_fk_sales_stage_id FOREIGN KEY (from_stage_id) REFERENCES public.sales_stage(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.sales_stagemove
    ADD CONSTRAINT sales_stagemove_to_stage_id_22bae64b_fk_sales_stage_id FOREIGN KEY (to_stage_id) REFERENCES public.sales_stage(id) DEFERRABLE INITIALLY DEFERRED;
