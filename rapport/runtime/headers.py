"""Headers that every answer has, besides those that Django and the content security policy set."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# Nothing of the device but passkeys, and nothing of a page for other sites.
HEADERS = {
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-create=(self), "
    "publickey-credentials-get=(self), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Headers:
    """Sets what the view has not set itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
