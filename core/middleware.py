"""Per request: an id that ties the audit entries of one act together, and the security headers."""

import uuid

from django.conf import settings

from core import audit


class RequestContext:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = audit.request_id.set(str(uuid.uuid4()))
        try:
            return self.get_response(request)
        finally:
            audit.request_id.reset(token)


class SecurityHeaders:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        return response
