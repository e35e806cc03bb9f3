"""The public door: synchronous Django. Nothing on it waits."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")
application = get_wsgi_application()
import_module("integrations.checks").refuse_to_serve_unsafely()
