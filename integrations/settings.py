"""Every setting, from the environment, in one place. `NAME_FILE` may hold any secret's path instead (docs/reference/settings.md)."""

import os
from pathlib import Path

import environ
from csp.constants import NONCE

ROOT = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DATA = Path(env.str("INTERLOCK_DATA", default=str(ROOT / "var"))).resolve()
if (DATA / "interlock.env").is_file():
    environ.Env.read_env(DATA / "interlock.env")

DEBUG = env.bool("INTERLOCK_DEBUG", default=False)
SECRET_KEY = env.str("INTERLOCK_SECRET_KEY", default="") or "only-for-commands-and-tests-" + "x" * 40
SERVES = bool(env.str("INTERLOCK_SECRET_KEY", default=""))
"""Without a secret key of its own an installation runs commands and tests, but serves nothing."""
VAULT_KEYS = env.str("INTERLOCK_VAULT_KEYS", default="")
"""`k2:<base64 32 bytes>,k1:…`: the first seals, all unseal."""

ALLOWED_HOSTS = env.list("INTERLOCK_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
PUBLIC_URL = env.str("INTERLOCK_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
LIVE_URL = env.str("INTERLOCK_LIVE_URL", default="").rstrip("/")
"""Origin of the WebSocket server as browsers reach it, when it isn't the public origin ("" = same origin)."""
SANDBOX_URL = env.str("INTERLOCK_SANDBOX_URL", default="").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "integrations.apps.IntegrationsConfig",
    "designer.apps.DesignerConfig",
    "integrations.console.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "django_q",
    "csp",
]
MIDDLEWARE = [
    "integrations.api.away.DatabaseAway",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "integrations.urls"
WSGI_APPLICATION = "integrations.wsgi.application"
ASGI_APPLICATION = "integrations.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "integrations" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "builtins": ["integrations.console.tags"],
        },
    },
]

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;",
}


DATABASE_POOL = env.int("INTERLOCK_DATABASE_POOL", default=12)
"""PostgreSQL: connections one process may have at a time, shared by its threads; 0 = no pool, each thread keeps its own."""
POSTGRES_POOL = {
    "min_size": 0,
    "max_size": DATABASE_POOL,
    "timeout": 5,  # seconds a thread waits for a connection; a restart of the server takes less
    "reconnect_timeout": 4,  # then the next one who asks tries anew, instead of waiting out an ever longer pause
    "max_idle": 120,
    "num_workers": 1,
}
POOLED = {"pool": POSTGRES_POOL, "prepare_threshold": 2}
"""With connections of our own, statements that come again are planned once (behind pgbouncer they mustn't be)."""
POSTGRES_OPTIONS = {
    "application_name": "interlock",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def _database(url_name: str, default: str) -> dict[str, object]:
    """One database from its URL; SQLite gets WAL with full sync, PostgreSQL a pool in each process."""
    config: dict[str, object] = dict(env.db_url(url_name, default=default))
    if str(config["ENGINE"]).endswith("sqlite3"):
        config |= {"ENGINE": "integrations.fair_sqlite3", "OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": 600}
        return config
    options = {**POSTGRES_OPTIONS, **config.get("OPTIONS", {})}  # type: ignore[dict-item]  # what the URL's query says
    config["OPTIONS"] = options | (POOLED if DATABASE_POOL else {})
    config["CONN_MAX_AGE"] = 0 if DATABASE_POOL else 600
    config["CONN_HEALTH_CHECKS"] = not DATABASE_POOL
    return config


DATABASES = {
    "default": _database("INTERLOCK_DATABASE_URL", f"sqlite:///{DATA / 'interlock.sqlite3'}"),
    "queue": _database("INTERLOCK_QUEUE_DATABASE_URL", f"sqlite:///{DATA / 'queue.sqlite3'}"),
}
DATABASE_ROUTERS = ["integrations.tasks.routing.QueueRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTHENTICATION_BACKENDS = ["integrations.access.throttle.ThrottledBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"

QUEUE = env.str("INTERLOCK_QUEUE", default="embedded")
"""embedded (django-q2, nothing to install) or celery."""
DRAIN_SLOTS = env.int("INTERLOCK_DRAIN_SLOTS", default=2)
DRAIN_THREADS = env.int("INTERLOCK_DRAIN_THREADS", default=192)
"""Runs one worker process holds at once; most of them wait for far systems."""
DRAIN_COMPUTING = env.int("INTERLOCK_DRAIN_COMPUTING", default=8)
"""Of these, how many may compute at once before the process claims no more."""
DRAIN_SLICE = 20.0  # seconds a drain stays resident; slice + call deadline < the queue's timeout
CALL_DEADLINE = env.float("INTERLOCK_CALL_DEADLINE", default=30.0)
BREAKER_FAILURES = env.int("INTERLOCK_BREAKER_FAILURES", default=5)
"""Calls in a row without an answer after which a far system is left alone for a while."""
BREAKER_PAUSE = env.float("INTERLOCK_BREAKER_PAUSE", default=10.0)
"""Seconds until the first call that tries again; each further pause is twice as long, up to 5 minutes."""
DRAIN_LIMIT = int(DRAIN_SLICE + CALL_DEADLINE + 10)
"""Seconds after which a queue kills a drain: the longest slice, one call's deadline, and time to write it all down."""
Q_CLUSTER = {
    "name": "interlock",
    "orm": "queue",
    "workers": DRAIN_SLOTS,
    "timeout": DRAIN_LIMIT,
    "retry": DRAIN_LIMIT + 30,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": -1,
    "poll": 0.2,
    "catch_up": False,
    "scheduler": False,
}
CELERY_BROKER_URL = env.str("INTERLOCK_BROKER_URL", default="")
REDIS_URL = env.str("INTERLOCK_REDIS_URL", default="") or (
    CELERY_BROKER_URL if CELERY_BROKER_URL.startswith("redis") else ""
)
DOORBELL = env.str("INTERLOCK_DOORBELL", default="auto")
"""socket (one machine), postgres (LISTEN/NOTIFY), redis, or auto."""
RUNTIME_DIR = env.str("INTERLOCK_RUNTIME_DIR", default="")
"""Where doorbell sockets live; "" = a short folder under the system's temporary folder (socket paths stop at 108 bytes)."""

RETENTION = {
    "exchanges_days": env.int("INTERLOCK_RETENTION_EXCHANGES_DAYS", default=30),
    "steps_days": env.int("INTERLOCK_RETENTION_STEPS_DAYS", default=30),
    "events_days": env.int("INTERLOCK_RETENTION_EVENTS_DAYS", default=30),
    "runs_days": env.int("INTERLOCK_RETENTION_RUNS_DAYS", default=400),
}
"""Days that each class of data is kept after its run has ended, unless an environment or a flow says otherwise."""

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
COMPANY_TIME_ZONE = env.str("INTERLOCK_COMPANY_TIME_ZONE", default="Europe/London")

STATIC_URL = "/static/"
STATIC_ROOT = env.str("INTERLOCK_STATIC_ROOT", default="") or None
"""Where `collectstatic` gathers files for a proxy; unset, WhiteNoise serves them from where they are."""
STATICFILES_DIRS = [("app", ROOT / "frontend" / "dist")] if (ROOT / "frontend" / "dist").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
WEBHOOK_MAX_BYTES = env.int("INTERLOCK_WEBHOOK_MAX_BYTES", default=1024 * 1024)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *([LIVE_URL.replace("http", "ws", 1)] if LIVE_URL else [])],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "integrations.access.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["integrations.access.permissions.Authorised"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "integrations.api.problems.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Interlock",
    "DESCRIPTION": "Carries what is sold in a CRM into accounting and ERP systems, once.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "RunState": "integrations.runs.models.Run.State",
        "FailureState": "integrations.failures.models.Failure.State",
        "EffectState": "integrations.effects.models.Effect.State",
        "ApprovalState": "integrations.approvals.models.Approval.State",
    },
}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no_probes": {"()": "integrations.logs.NoProbes"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_probes"]}
    },
    "loggers": {
        "django-q": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "psycopg.pool": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("INTERLOCK_LOG_LEVEL", "INFO")},
}
