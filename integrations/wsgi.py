"""The public door: synchronous Django. Nothing on it waits."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")
application = get_wsgi_application()
